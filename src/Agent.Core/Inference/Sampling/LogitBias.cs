namespace Agent.Core.Inference.Sampling;

/// <summary>Adds a fixed value to the logits of chosen tokens.</summary>
internal sealed class LogitBias(IReadOnlyDictionary<int, float> biases) : ILogitProcessor
{
    private readonly KeyValuePair<int, float>[] _biases = [.. biases];

    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
    {
        foreach (var (token, bias) in _biases)
        {
            logits[token] += bias;
        }
    }
}
