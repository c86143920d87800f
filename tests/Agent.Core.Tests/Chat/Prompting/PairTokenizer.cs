using System.Text;
using Agent.Core.Inference;

namespace Agent.Core.Tests.Chat.Prompting;

/// <summary>
/// A byte-level tokeniser that merges bytes to pairs from the left of each text, so that ids betray where a text was
/// cut. Like llama.cpp it makes user-defined added tokens out of plain text, and control tokens not.
/// </summary>
internal sealed class PairTokenizer : ITokenizer
{
    private const int FirstPair = 256;
    private const int FirstAdded = FirstPair + 65536;

    public PairTokenizer(params (string Text, bool IsControl)[] added) =>
        AddedTokens = [.. added.Select((token, i) => new AddedToken(FirstAdded + i, token.Text, token.IsControl))];

    /// <summary>The added tokens of Qwen2.5, in its order.</summary>
    public static PairTokenizer Qwen { get; } = new([.. PromptIsolationCorpus.QwenAddedTokens]);

    public int VocabularySize => FirstAdded + AddedTokens.Count;

    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>Texts that were encoded, in order.</summary>
    public List<string> Runs { get; } = [];

    /// <summary>Whether to keep <see cref="Runs"/>; not thread-safe then.</summary>
    public bool KeepsRuns { get; init; }

    public void Encode(ReadOnlySpan<char> text, List<int> destination)
    {
        if (KeepsRuns)
        {
            Runs.Add(text.ToString());
        }

        var userDefined = AddedTokens.Where(token => !token.IsControl).OrderByDescending(token => token.Text.Length).ToArray();
        while (!text.IsEmpty)
        {
            var start = text.Length;
            AddedToken? first = null;
            foreach (var token in userDefined)
            {
                var found = text.IndexOf(token.Text, StringComparison.Ordinal);
                if (found >= 0 && found < start)
                {
                    start = found;
                    first = token;
                }
            }

            EncodePlain(text[..start], destination);
            if (first is null)
            {
                return;
            }

            destination.Add(first.Id);
            text = text[(start + first.Text.Length)..];
        }
    }

    public ReadOnlySpan<byte> GetBytes(int token)
    {
        if (token >= FirstAdded)
        {
            var added = AddedTokens[token - FirstAdded];
            return added.IsControl ? [] : Encoding.UTF8.GetBytes(added.Text);
        }

        return token < FirstPair
            ? new[] { (byte)token }
            : new[] { (byte)((token - FirstPair) >> 8), (byte)(token - FirstPair) };
    }

    public bool IsEndOfGeneration(int token) =>
        token >= FirstAdded && AddedTokens[token - FirstAdded].Text is "<|im_end|>" or "<|endoftext|>";

    private static void EncodePlain(ReadOnlySpan<char> text, List<int> destination)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.ToString());
        for (var i = 0; i < utf8.Length; i += 2)
        {
            destination.Add(i + 1 < utf8.Length ? FirstPair + (utf8[i] << 8) + utf8[i + 1] : utf8[i]);
        }
    }
}
