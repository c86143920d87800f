namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>The tokens that may come next inside a string, as far as that does not depend on what stands around the string.</summary>
/// <param name="Inside">Tokens that stay in the string, as bits.</param>
/// <param name="Closing">Tokens that end it, by the bytes behind the quotation mark.</param>
/// <param name="ClosingCharacters">Characters of the string that those tokens begin before it, in the order of the trie's tokens.</param>
/// <param name="ClosingWhole">The same tokens by all of their bytes.</param>
internal sealed record StringTokens(ulong[] Inside, TokenTrie Closing, int[] ClosingCharacters, TokenTrie ClosingWhole)
{
    /// <summary>Bytes that it takes up.</summary>
    public long Bytes => (Inside.Length * 8L) + Closing.Bytes + (ClosingCharacters.Length * 4L) + ClosingWhole.Bytes;
}
