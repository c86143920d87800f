namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>The tokens that may come next inside a string, as far as that does not depend on what stands around the string.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class StringTokens
{
    /// <summary>Tokens that stay in the string, as bits.</summary>
    public required ulong[] Inside { get; init; }

    /// <summary>Those of them that begin characters, with how many, the most first.</summary>
    public required (int Token, int Characters)[] Long { get; init; }

    /// <summary>Tokens that end the string, by the bytes behind the quotation mark.</summary>
    public required TokenTrie Closing { get; init; }

    /// <summary>Characters that those tokens begin before it, in the order of the trie's tokens.</summary>
    public required int[] ClosingCharacters { get; init; }

    /// <summary>The same tokens by all of their bytes.</summary>
    public required TokenTrie ClosingWhole { get; init; }

    /// <summary>Bytes that it takes up.</summary>
    public long Bytes => (Inside.Length * 8L) + (Long.Length * 8L) + Closing.Bytes + (ClosingCharacters.Length * 4L) + ClosingWhole.Bytes;

    /// <summary>The tokens that stay in the string and begin no more than some characters.</summary>
    public ulong[] InsideUpTo(int characters)
    {
        var bits = (ulong[])Inside.Clone();
        foreach (var (token, count) in Long)
        {
            if (count <= characters)
            {
                break;
            }

            bits[token >> 6] &= ~(1UL << token);
        }

        return bits;
    }
}
