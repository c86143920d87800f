using Agent.Core.Inference;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>The ways to count tokens.</summary>
public static class TokenCounters
{
    /// <summary>An estimate without any vocabulary, on the high side for English, Chinese and code.</summary>
    public static TokenCounter Estimate { get; } = TokenEstimate.Count;

    /// <summary>The count of a model's own vocabulary.</summary>
    public static TokenCounter Of(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return text =>
        {
            var tokens = new List<int>(text.Length / 2);
            tokenizer.Encode(text, tokens);
            return tokens.Count;
        };
    }
}
