using System.Numerics.Tensors;
using Agent.Core.Inference.Sampling;

namespace Agent.Core.Chat.Client;

/// <summary>
/// At the first token of a turn, opens a tool call if its probability reaches a threshold. Small models know that a call is
/// due more often than they dare to begin one.
/// </summary>
/// <param name="openTag">The token that opens a call.</param>
/// <param name="threshold">Least probability.</param>
internal sealed class CallThresholdGate(int openTag, double threshold) : ILogitProcessor
{
    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
    {
        if (tokens.Length != promptLength)
        {
            return;
        }

        var max = TensorPrimitives.Max<float>(logits);
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        if (Math.Exp(logits[openTag] - max) / sum >= threshold)
        {
            var chosen = logits[openTag];
            logits.Fill(float.NegativeInfinity);
            logits[openTag] = chosen;
        }
    }
}
