using Agent.Core.Inference.Sampling;

namespace Agent.Bench;

/// <summary>Makes a model give a certain answer.</summary>
internal sealed class ScriptedAnswer(int[] answer) : ILogitProcessor
{
    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength) => logits[answer[tokens.Length - promptLength]] = 1e9f;
}
