namespace Agent.Core.Inference.Scheduling.Prefixes;

/// <summary>Holds a prefix tree against what must always be true of it.</summary>
internal static class PrefixTreeCheck
{
    /// <exception cref="InvalidOperationException">Something is not true; the message says what.</exception>
    public static void Run(Dictionary<string, PrefixNode> roots, PrefixEntry[] entries)
    {
        var reached = new HashSet<PrefixEntry>();
        foreach (var (salt, root) in roots)
        {
            Require(root is { Parent: null, Owner: null, FirstEntry: null, Start: 0, End: 0 }, $"the root of salt '{salt}' is not one");
            Require(root.FirstChild is not null, $"the root of salt '{salt}' is empty");
            CheckNode(root, salt, reached);
        }

        foreach (var entry in entries)
        {
            Require(reached.Contains(entry) == entry.Count > 0, $"entry {entry.Id} of {entry.Count} tokens is {(reached.Contains(entry) ? "" : "not ")}in the tree");
            Require(entry.Node is null == (entry.Count == 0), $"entry {entry.Id} of {entry.Count} tokens has a wrong end");
        }
    }

    private static List<PrefixEntry> CheckNode(PrefixNode node, string salt, HashSet<PrefixEntry> reached)
    {
        var below = new List<PrefixEntry>();
        for (var entry = node.FirstEntry; entry is not null; entry = entry.Next)
        {
            Require(reached.Add(entry), $"entry {entry.Id} is in the tree twice");
            Require(entry.Node == node && entry.Count == node.End, $"entry {entry.Id} of {entry.Count} tokens ends at a node of {node.End}");
            Require(entry.Salt == salt, $"entry {entry.Id} stands under another salt");
            below.Add(entry);
        }

        var firsts = new HashSet<int>();
        for (var child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            Require(child.Parent == node && child.Start == node.End && child.End > child.Start, $"the node at {child.Start} does not follow on the one that ends at {node.End}");
            Require(firsts.Add(child.First), $"two nodes at {child.Start} begin with token {child.First}");
            below.AddRange(CheckNode(child, salt, reached));
        }

        if (node.Parent is not null)
        {
            Require(below.Contains(node.Owner!), $"the node at {node.Start} lends its tokens from elsewhere");
            Require(node.First == node.Span[0], $"the node at {node.Start} begins with another token");
            Require(node.FirstEntry is not null || firsts.Count > 1, $"the node at {node.Start} has no reason to be");
            foreach (var entry in below)
            {
                Require(entry.Tokens[node.Start..node.End].SequenceEqual(node.Span), $"entry {entry.Id} stands under tokens it does not have");
            }
        }

        Require(node.Sequences == below.Count(entry => !entry.IsPin), $"the node at {node.Start} counts {node.Sequences} sequences");
        Require(node.References == below.Count(entry => entry.IsLive), $"the node at {node.Start} counts {node.References} references");
        Require(node.Pins == below.Count(entry => entry.IsPin), $"the node at {node.Start} counts {node.Pins} pins");
        return below;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The prefix tree is inconsistent: {message}.");
        }
    }
}
