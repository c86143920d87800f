using Agent.Core.Inference.Scheduling.Prefixes;
using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling.Offload;

/// <summary>States of sequences in host memory, found by the tokens they hold: the longest prefix of a prompt, under its own salt only.</summary>
/// <remarks>
/// Engine thread only. It owns the states that are added: what is used least recently is freed when a new one needs its room, and the rest with
/// the store. None of them begins another one: the longer takes the place of the shorter.
/// </remarks>
/// <param name="budgetBytes">Bytes that all states may take together.</param>
/// <param name="maxEntries">Most states at once.</param>
internal sealed class HostPrefixStore(long budgetBytes, int maxEntries) : IDisposable
{
    private readonly PrefixTree _tree = new(maxEntries, pins: 0);
    private readonly SequenceState?[] _states = new SequenceState?[maxEntries];
    private readonly int[] _common = new int[maxEntries];

    /// <summary>States there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that they take.</summary>
    public long Bytes { get; private set; }

    /// <summary>The state of an entry.</summary>
    public SequenceState StateOf(int entry) => _states[entry] ?? throw new InvalidOperationException($"Entry {entry} of the host's prefixes is empty.");

    /// <summary>How many tokens the state of an entry holds.</summary>
    public int LengthOf(int entry) => _tree.TokensOf(entry).Length;

    /// <summary>The entry that holds most first tokens of a prompt; of several the smallest.</summary>
    public HostPrefix Find(string salt, ReadOnlySpan<int> prompt)
    {
        if (Count == 0)
        {
            return HostPrefix.None;
        }

        _tree.Match(salt, prompt, _common);
        var best = HostPrefix.None;
        for (var entry = 0; entry < maxEntries; entry++)
        {
            var common = _common[entry];
            if (common > best.Tokens || (common > 0 && common == best.Tokens && StateOf(entry).Length < StateOf(best.Entry).Length))
            {
                best = new HostPrefix(entry, common);
            }
        }

        return best;
    }

    /// <summary>Notes that an entry was of use.</summary>
    public void Touch(int entry) => _tree.Touch(entry);

    /// <summary>Frees what a state of these tokens takes the place of, and what was used least recently, until there is room for it.</summary>
    /// <param name="salt">Whose tokens they are.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="bytes">Size of the state.</param>
    /// <param name="keep">An entry that must stay; -1 for none.</param>
    /// <returns>Whether there is room; if not, nothing was freed.</returns>
    public bool TryMakeRoom(string salt, ReadOnlySpan<int> tokens, long bytes, int keep)
    {
        var kept = keep < 0 ? 0 : StateOf(keep).Length;
        if (bytes > budgetBytes - kept || (keep >= 0 && maxEntries == 1))
        {
            return false;
        }

        if (keep >= 0)
        {
            // The last one used is the last one to go, and without the others there is room.
            Touch(keep);
        }

        RemovePrefixes(salt, tokens, keep);
        while (Bytes + bytes > budgetBytes || Count == maxEntries)
        {
            Remove(_tree.FindEvictable(PrefixLoss.Copy, PrefixLoss.Prefix));
        }

        return true;
    }

    /// <summary>Adds a state, for which there must be room, in place of those whose tokens begin it.</summary>
    /// <param name="salt">Whose tokens they are.</param>
    /// <param name="tokens">What the state holds; no entry may begin with all of them.</param>
    /// <param name="state">The state; the store owns it from here on.</param>
    public void Add(string salt, ReadOnlySpan<int> tokens, SequenceState state)
    {
        RemovePrefixes(salt, tokens, keep: -1);
        var entry = Array.IndexOf(_states, null);
        if (entry < 0 || Bytes + state.Length > budgetBytes)
        {
            throw new InvalidOperationException($"The host's prefixes have no room for {state.Length} bytes: {Count} take {Bytes} of {budgetBytes}.");
        }

        _tree.Set(entry, salt, tokens, live: false);
        _states[entry] = state;
        Bytes += state.Length;
        Count++;
    }

    /// <summary>Frees an entry.</summary>
    public void Remove(int entry)
    {
        var state = StateOf(entry);
        Bytes -= state.Length;
        Count--;
        _states[entry] = null;
        _tree.Set(entry, string.Empty, [], live: false);
        state.Dispose();
    }

    /// <summary>Frees all.</summary>
    public void Dispose()
    {
        for (var entry = 0; entry < maxEntries; entry++)
        {
            if (_states[entry] is not null)
            {
                Remove(entry);
            }
        }
    }

    /// <summary>Throws if the bookkeeping is inconsistent. For tests.</summary>
    public void CheckIntegrity()
    {
        _tree.CheckIntegrity();
        var (count, bytes) = (0, 0L);
        for (var entry = 0; entry < maxEntries; entry++)
        {
            var tokens = _tree.TokensOf(entry);
            Require(_states[entry] is null == tokens.IsEmpty, $"entry {entry} has {tokens.Length} tokens and {(_states[entry] is null ? "no" : "a")} state");
            if (_states[entry] is not { } state)
            {
                continue;
            }

            count++;
            bytes += state.Length;
            Require(!state.IsClosed, $"entry {entry} was freed");
            _tree.Match(_tree.SaltOf(entry), tokens, _common);
            Require(_common.AsSpan().Count(tokens.Length) == 1, $"entry {entry} begins another one");
        }

        Require((count, bytes) == (Count, Bytes), $"{count} entries take {bytes} bytes, {Count} and {Bytes} are counted");
        Require(bytes <= budgetBytes, $"{bytes} bytes are taken of {budgetBytes}");

        static void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new InvalidOperationException($"The host's prefixes are inconsistent: {message}.");
            }
        }
    }

    private void RemovePrefixes(string salt, ReadOnlySpan<int> tokens, int keep)
    {
        if (Count == 0)
        {
            return;
        }

        _tree.Match(salt, tokens, _common);
        for (var entry = 0; entry < maxEntries; entry++)
        {
            if (entry != keep && _common[entry] > 0 && _common[entry] == LengthOf(entry))
            {
                Remove(entry);
            }
        }
    }
}
