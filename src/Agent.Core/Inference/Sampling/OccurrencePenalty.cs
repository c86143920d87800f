namespace Agent.Core.Inference.Sampling;

/// <summary>
/// OpenAI's frequency and presence penalties over the generated tokens: a token's logit falls by
/// <c>count * frequency + presence</c>.
/// </summary>
internal sealed class OccurrencePenalty(float frequency, float presence) : ILogitProcessor
{
    private readonly Dictionary<int, int> _counts = [];
    private int _seen;

    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
    {
        for (_seen = Math.Max(_seen, promptLength); _seen < tokens.Length; _seen++)
        {
            _counts[tokens[_seen]] = _counts.GetValueOrDefault(tokens[_seen]) + 1;
        }

        foreach (var (token, count) in _counts)
        {
            logits[token] -= (count * frequency) + presence;
        }
    }
}
