namespace Agent.Core.Inference.Scheduling.Prefixes;

/// <summary>A span of tokens that all entries at or below it have in common, at the same positions.</summary>
internal sealed class PrefixNode
{
    /// <summary>The node whose span comes before; null for a root.</summary>
    public PrefixNode? Parent { get; set; }

    /// <summary>Position of the first token.</summary>
    public int Start { get; set; }

    /// <summary>Position after the last token.</summary>
    public int End { get; set; }

    /// <summary>The first token, by which it is told from its siblings.</summary>
    public int First { get; set; }

    /// <summary>An entry at or below it, which lends it its tokens; null for a root.</summary>
    public PrefixEntry? Owner { get; set; }

    /// <summary>Nodes that go on from here.</summary>
    public PrefixNode? FirstChild { get; set; }

    /// <summary>The next child of the parent.</summary>
    public PrefixNode? NextSibling { get; set; }

    /// <summary>Entries that end here.</summary>
    public PrefixEntry? FirstEntry { get; set; }

    /// <summary>Sequences at or below it.</summary>
    public int Sequences { get; set; }

    /// <summary>Those of them in which a request runs.</summary>
    public int References { get; set; }

    /// <summary>Pins at or below it.</summary>
    public int Pins { get; set; }

    /// <summary>Its tokens.</summary>
    public ReadOnlySpan<int> Span => Owner is null ? [] : Owner.Tokens[Start..End];

    /// <summary>The child that begins with a token.</summary>
    public PrefixNode? FindChild(int token)
    {
        var child = FirstChild;
        while (child is not null && child.First != token)
        {
            child = child.NextSibling;
        }

        return child;
    }

    /// <summary>Adds a child.</summary>
    public void AddChild(PrefixNode child)
    {
        child.Parent = this;
        child.NextSibling = FirstChild;
        FirstChild = child;
    }

    /// <summary>Removes a child.</summary>
    public void RemoveChild(PrefixNode child)
    {
        if (FirstChild == child)
        {
            FirstChild = child.NextSibling;
        }
        else
        {
            var before = FirstChild!;
            while (before.NextSibling != child)
            {
                before = before.NextSibling!;
            }

            before.NextSibling = child.NextSibling;
        }

        child.NextSibling = null;
        child.Parent = null;
    }

    /// <summary>Adds an entry that ends here.</summary>
    public void AddEntry(PrefixEntry entry)
    {
        entry.Node = this;
        entry.Next = FirstEntry;
        FirstEntry = entry;
    }

    /// <summary>Removes an entry that ends here.</summary>
    public void RemoveEntry(PrefixEntry entry)
    {
        if (FirstEntry == entry)
        {
            FirstEntry = entry.Next;
        }
        else
        {
            var before = FirstEntry!;
            while (before.Next != entry)
            {
                before = before.Next!;
            }

            before.Next = entry.Next;
        }

        entry.Next = null;
        entry.Node = null;
    }

    /// <summary>Counts an entry at or below it, or no longer.</summary>
    public void Count(PrefixEntry entry, int sign)
    {
        Sequences += entry.IsPin ? 0 : sign;
        References += entry.IsLive ? sign : 0;
        Pins += entry.IsPin ? sign : 0;
    }
}
