namespace Agent.Core.Inference.Scheduling.Prefixes;

/// <summary>
/// A radix tree over token ids: which sequence holds, or will hold, which tokens. It says how much of a prompt each of them has,
/// what is pinned, and which sequence is the one to give up.
/// </summary>
/// <remarks>
/// <para>
/// A node lends its tokens from an entry below it, so the tree stores no span of its own. Each salt has a root of its own, so that tokens
/// under different salts never meet. There are at most two nodes for each entry, whatever the prompts are.
/// </para>
/// <para>Engine thread only. Matching allocates nothing; an entry allocates for itself, never for a token.</para>
/// </remarks>
internal sealed class PrefixTree
{
    private readonly PrefixEntry[] _entries;
    private readonly Dictionary<string, PrefixNode> _roots = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Creates an empty tree.</summary>
    /// <param name="sequences">Sequences there are.</param>
    /// <param name="pins">Most pinned prefixes; a further one takes the place of the one used least recently.</param>
    public PrefixTree(int sequences, int pins)
    {
        Sequences = sequences;
        _entries = new PrefixEntry[sequences + pins];
        for (var id = 0; id < _entries.Length; id++)
        {
            _entries[id] = new PrefixEntry(id, isPin: id >= sequences);
        }
    }

    /// <summary>Sequences there are.</summary>
    public int Sequences { get; }

    /// <summary>The tokens of a sequence.</summary>
    public ReadOnlySpan<int> TokensOf(int sequence) => _entries[sequence].Tokens;

    /// <summary>Whose tokens a sequence holds.</summary>
    public string SaltOf(int sequence) => _entries[sequence].Salt;

    /// <summary>Sets what a sequence holds or will hold, in place of what it held.</summary>
    /// <param name="sequence">Its id.</param>
    /// <param name="salt">Whose tokens they are.</param>
    /// <param name="tokens">The tokens; none empties it.</param>
    /// <param name="live">Whether a request runs in it.</param>
    public void Set(int sequence, string salt, ReadOnlySpan<int> tokens, bool live) => Put(_entries[sequence], salt, tokens, live);

    /// <summary>Notes that a sequence was of use.</summary>
    public void Touch(int sequence) => _entries[sequence].LastUsed = ++_clock;

    /// <summary>Marks a prefix as one to keep while anything else can go.</summary>
    public void Pin(string salt, ReadOnlySpan<int> prefix)
    {
        PrefixEntry? oldest = null;
        foreach (var pin in _entries.AsSpan(Sequences))
        {
            if (pin.Salt == salt && pin.Tokens.SequenceEqual(prefix))
            {
                pin.LastUsed = ++_clock;
                return;
            }

            oldest = oldest is null || pin.LastUsed < oldest.LastUsed ? pin : oldest;
        }

        if (oldest is not null)
        {
            Put(oldest, salt, prefix, live: false);
        }
    }

    /// <summary>Finds how many first tokens of a prompt each sequence holds or will hold.</summary>
    /// <param name="salt">Whose prompt it is.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="common">Receives a length for each sequence.</param>
    public void Match(string salt, ReadOnlySpan<int> prompt, Span<int> common)
    {
        common.Clear();
        var node = _roots.GetValueOrDefault(salt);
        for (var depth = 0; node is not null;)
        {
            var next = depth < prompt.Length ? node.FindChild(prompt[depth]) : null;
            if (depth > 0)
            {
                Mark(node.FirstEntry, depth, common);
                for (var child = node.FirstChild; child is not null; child = child.NextSibling)
                {
                    if (child != next)
                    {
                        MarkBelow(child, depth, common);
                    }
                }
            }

            if (next is null)
            {
                return;
            }

            depth += next.Span.CommonPrefixLength(prompt[depth..]);
            if (depth < next.End)
            {
                MarkBelow(next, depth, common);
                return;
            }

            node = next;
        }
    }

    /// <summary>How many first tokens of a sequence are pinned.</summary>
    public int PinnedLength(int sequence)
    {
        for (var node = _entries[sequence].Node; node is not null; node = node.Parent)
        {
            if (node.Pins > 0 && EndsPin(node))
            {
                return node.End;
            }
        }

        return 0;
    }

    /// <summary>The sequence whose tokens are the least loss, of those in which no request runs.</summary>
    /// <param name="from">The least loss to look for.</param>
    /// <param name="to">The greatest.</param>
    /// <returns>Its id; -1 if there is none.</returns>
    public int FindEvictable(PrefixLoss from, PrefixLoss to)
    {
        PrefixEntry? best = null;
        var least = to;
        foreach (var entry in _entries.AsSpan(0, Sequences))
        {
            if (entry.IsLive)
            {
                continue;
            }

            // Of empty sequences the first: steps whose sequence ids have no holes run in fewer micro-batches.
            var loss = LossOf(entry);
            if (loss >= from && loss <= to && (best is null || loss < least || (loss == least && loss != PrefixLoss.Nothing && entry.LastUsed < best.LastUsed)))
            {
                (best, least) = (entry, loss);
            }
        }

        return best?.Id ?? -1;
    }

    /// <summary>Throws if the tree is inconsistent. For tests.</summary>
    public void CheckIntegrity() => PrefixTreeCheck.Run(_roots, _entries);

    /// <summary>What would be lost with a sequence's tokens.</summary>
    private static PrefixLoss LossOf(PrefixEntry entry)
    {
        if (entry.Node is not { } end)
        {
            return PrefixLoss.Nothing;
        }

        for (var node = end; node is { Sequences: 1 }; node = node.Parent)
        {
            if (EndsPin(node))
            {
                return PrefixLoss.Pinned;
            }
        }

        return end.Sequences > 1 ? PrefixLoss.Copy : PrefixLoss.Prefix;
    }

    private static bool EndsPin(PrefixNode node)
    {
        for (var entry = node.FirstEntry; entry is not null; entry = entry.Next)
        {
            if (entry.IsPin)
            {
                return true;
            }
        }

        return false;
    }

    private static void Mark(PrefixEntry? entry, int depth, Span<int> common)
    {
        for (; entry is not null; entry = entry.Next)
        {
            if (!entry.IsPin)
            {
                common[entry.Id] = depth;
            }
        }
    }

    private static void MarkBelow(PrefixNode top, int depth, Span<int> common)
    {
        for (var node = top; ;)
        {
            Mark(node.FirstEntry, depth, common);
            if (node.FirstChild is { } child)
            {
                node = child;
                continue;
            }

            while (node != top && node.NextSibling is null)
            {
                node = node.Parent!;
            }

            if (node == top)
            {
                return;
            }

            node = node.NextSibling!;
        }
    }

    private static PrefixNode Split(PrefixNode node, int position)
    {
        var parent = node.Parent!;
        var upper = new PrefixNode
        {
            Start = node.Start,
            End = position,
            First = node.First,
            Owner = node.Owner,
            Sequences = node.Sequences,
            References = node.References,
            Pins = node.Pins,
        };
        parent.RemoveChild(node);
        parent.AddChild(upper);
        node.Start = position;
        node.First = node.Owner!.Tokens[position];
        upper.AddChild(node);
        return upper;
    }

    private void Put(PrefixEntry entry, string salt, ReadOnlySpan<int> tokens, bool live)
    {
        Remove(entry);
        entry.Fill(salt, tokens, live);
        entry.LastUsed = ++_clock;
        if (tokens.Length > 0)
        {
            Insert(entry);
        }
    }

    private void Insert(PrefixEntry entry)
    {
        if (!_roots.TryGetValue(entry.Salt, out var node))
        {
            node = new PrefixNode();
            _roots.Add(entry.Salt, node);
        }

        node.Count(entry, 1);
        var tokens = entry.Tokens;
        for (var depth = 0; depth < tokens.Length;)
        {
            var child = node.FindChild(tokens[depth]);
            if (child is null)
            {
                child = new PrefixNode { Start = depth, End = tokens.Length, First = tokens[depth], Owner = entry };
                node.AddChild(child);
            }

            depth += child.Span.CommonPrefixLength(tokens[depth..]);
            node = depth < child.End ? Split(child, depth) : child;
            node.Count(entry, 1);
        }

        node.AddEntry(entry);
    }

    private void Remove(PrefixEntry entry)
    {
        if (entry.Node is not { } end)
        {
            return;
        }

        end.RemoveEntry(entry);
        for (var node = end; node is not null;)
        {
            var parent = node.Parent;
            node.Count(entry, -1);
            if (node.FirstEntry is null && node.FirstChild is null)
            {
                Unlink(node, entry.Salt);
            }
            else if (parent is not null)
            {
                node.Owner = node.FirstEntry ?? node.FirstChild!.Owner;
                Merge(node);
            }

            node = parent;
        }
    }

    private void Unlink(PrefixNode node, string salt)
    {
        if (node.Parent is { } parent)
        {
            parent.RemoveChild(node);
        }
        else
        {
            _roots.Remove(salt);
        }
    }

    /// <summary>A node at which nothing ends and only one thing goes on is one with it.</summary>
    private static void Merge(PrefixNode node)
    {
        if (node.FirstEntry is not null || node.FirstChild is not { NextSibling: null } child)
        {
            return;
        }

        var parent = node.Parent!;
        child.Start = node.Start;
        child.First = node.First;
        node.RemoveChild(child);
        parent.RemoveChild(node);
        parent.AddChild(child);
    }
}
