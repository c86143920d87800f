namespace Agent.Core.Inference.Sampling;

/// <summary>
/// Changes the logits of one step before a token is chosen: penalties, biases, masks. A processor belongs to one request
/// and may keep state.
/// </summary>
/// <remarks>
/// Called between two steps of the engine, by one thread at a time but not always the same: it must not block and should not
/// allocate. What it throws ends its own request.
/// </remarks>
public interface ILogitProcessor
{
    /// <summary>Changes the logits in place; negative infinity forbids a token.</summary>
    /// <param name="logits">One value for each token of the vocabulary.</param>
    /// <param name="tokens">Prompt and generated tokens so far.</param>
    /// <param name="promptLength">How many of <paramref name="tokens"/> are the prompt.</param>
    void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength);
}
