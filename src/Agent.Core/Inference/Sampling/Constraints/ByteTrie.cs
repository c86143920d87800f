namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>A set of byte strings, each with a number, read byte by byte. Node 0 is the beginning.</summary>
/// <remarks>Immutable and thread-safe once built.</remarks>
internal sealed class ByteTrie
{
    private readonly List<Node> _nodes = [new Node()];

    /// <summary>Adds a string; a string that is there keeps its number.</summary>
    /// <param name="text">The bytes; at least one.</param>
    /// <param name="value">0 or more.</param>
    public void Add(ReadOnlySpan<byte> text, int value)
    {
        var node = 0;
        MarkBelow(node, value);
        foreach (var b in text)
        {
            var child = Child(node, b);
            if (child < 0)
            {
                child = _nodes.Count;
                _nodes.Add(new Node());
                _nodes[node].Labels.Add(b);
                _nodes[node].Children.Add(child);
            }

            node = child;
            MarkBelow(node, value);
        }

        if (_nodes[node].Value < 0)
        {
            _nodes[node].Value = value;
        }
    }

    /// <summary>The node behind a byte; -1 where no string goes on so.</summary>
    public int Child(int node, byte label)
    {
        var at = _nodes[node].Labels.IndexOf(label);
        return at < 0 ? -1 : _nodes[node].Children[at];
    }

    /// <summary>The number of the string that ends here; -1 where none does.</summary>
    public int Value(int node) => _nodes[node].Value;

    /// <summary>Whether no string goes on from here.</summary>
    public bool IsLeaf(int node) => _nodes[node].Children.Count == 0;

    /// <summary>The numbers below 128 of the strings that pass here, one bit each.</summary>
    public UInt128 Below(int node) => _nodes[node].Below;

    private void MarkBelow(int node, int value)
    {
        if (value < 128)
        {
            _nodes[node].Below |= UInt128.One << value;
        }
    }

    private sealed class Node
    {
        public List<byte> Labels { get; } = [];

        public List<int> Children { get; } = [];

        public int Value { get; set; } = -1;

        public UInt128 Below { get; set; }
    }
}
