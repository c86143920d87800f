using Agent.Core.Inference.Sampling;

namespace Agent.Core.Chat.Client;

/// <summary>Never lets a token be chosen.</summary>
internal sealed class ForbiddenToken(int token) : ILogitProcessor
{
    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength) => logits[token] = float.NegativeInfinity;
}
