namespace Agent.Core.Inference.Sampling;

/// <summary>
/// Changes the logits of one step before a token is chosen: penalties, biases, masks. A processor belongs to one request
/// and may keep state.
/// </summary>
/// <remarks>Called on the engine thread: it must not block and should not allocate.</remarks>
public interface ILogitProcessor
{
    /// <summary>Changes the logits in place; negative infinity forbids a token.</summary>
    /// <param name="logits">One value for each token of the vocabulary.</param>
    /// <param name="tokens">Prompt and generated tokens so far.</param>
    /// <param name="promptLength">How many of <paramref name="tokens"/> are the prompt.</param>
    void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength);
}
