using System.Buffers.Binary;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>Tokens by their bytes, as a trie in the order of a walk: the children of a node follow it.</summary>
/// <remarks>Immutable and thread-safe. Node 0 is the empty text.</remarks>
internal sealed class TokenTrie
{
    private readonly byte[] _labels;
    private readonly int[] _ends;
    private readonly int[] _firstTokens;

    private TokenTrie(byte[] labels, int[] ends, int[] firstTokens, int[] tokens)
    {
        _labels = labels;
        _ends = ends;
        _firstTokens = firstTokens;
        Tokens = tokens;
    }

    /// <summary>The tokens, in the order of their bytes.</summary>
    public int[] Tokens { get; }

    /// <summary>Number of nodes.</summary>
    public int Count => _labels.Length;

    /// <summary>Bytes that it takes up.</summary>
    public long Bytes => (_labels.Length * 9L) + (Tokens.Length * 4L);

    /// <summary>Builds a trie.</summary>
    /// <param name="tokens">Tokens and their bytes, in any order.</param>
    public static TokenTrie Build(List<(int Token, ReadOnlyMemory<byte> Bytes)> tokens)
    {
        var entries = Sort(tokens);
        var labels = new List<byte> { 0 };
        var ends = new List<int> { 0 };
        var firstTokens = new List<int> { 0 };
        var path = new Stack<int>([0]);
        ReadOnlySpan<byte> before = [];
        for (var i = 0; i < entries.Length; i++)
        {
            var bytes = entries[i].Bytes.Span;
            var common = before.CommonPrefixLength(bytes);
            for (; path.Count - 1 > common;)
            {
                ends[path.Pop()] = labels.Count;
            }

            for (var at = common; at < bytes.Length; at++)
            {
                path.Push(labels.Count);
                labels.Add(bytes[at]);
                ends.Add(0);
                firstTokens.Add(i);
            }

            before = bytes;
        }

        foreach (var node in path)
        {
            ends[node] = labels.Count;
        }

        firstTokens.Add(entries.Length);
        return new TokenTrie([.. labels], [.. ends], [.. firstTokens], [.. entries.Select(e => e.Token)]);
    }

    /// <summary>Sorts by bytes, then by id. The first eight bytes as a number tell most tokens apart, at a fraction of the time.</summary>
    private static (ulong Start, int Token, ReadOnlyMemory<byte> Bytes)[] Sort(List<(int Token, ReadOnlyMemory<byte> Bytes)> tokens)
    {
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        var entries = new (ulong Start, int Token, ReadOnlyMemory<byte> Bytes)[tokens.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var (token, bytes) = tokens[i];
            start.Clear();
            bytes.Span[..Math.Min(bytes.Length, start.Length)].CopyTo(start);
            entries[i] = (BinaryPrimitives.ReadUInt64BigEndian(start), token, bytes);
        }

        Array.Sort(entries, static (a, b) =>
            a.Start != b.Start ? a.Start.CompareTo(b.Start)
            : a.Bytes.Span.SequenceCompareTo(b.Bytes.Span) is not 0 and var order ? order
            : a.Token.CompareTo(b.Token));
        return entries;
    }

    /// <summary>The byte that leads to a node.</summary>
    public byte Label(int node) => _labels[node];

    /// <summary>The node after a node and all below it.</summary>
    public int End(int node) => _ends[node];

    /// <summary>The tokens that end at a node, as places in <see cref="Tokens"/>.</summary>
    /// <remarks>In the order of bytes the tokens of a node come before those of its children.</remarks>
    public Range TokensAt(int node) => _firstTokens[node].._firstTokens[node + 1];
}
