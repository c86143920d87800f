namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>Says which tokens may come next in one request. It keeps state: each generation begins one of its own.</summary>
/// <remarks>
/// Called between two steps of the engine, by one thread at a time but not always the same: it must not block, and allocates
/// nothing where it has been before. What it throws ends its own request.
/// </remarks>
internal interface ITokenConstraint
{
    /// <summary>A constraint like this one in which nothing was generated yet; this one stays as it is. Thread-safe.</summary>
    ITokenConstraint Begin();

    /// <summary>Takes the tokens that were generated since the last call.</summary>
    /// <param name="tokens">Prompt and generated tokens so far.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    /// <returns>What may come next; null for anything.</returns>
    /// <exception cref="ConstraintException">The generated text has left the constraint.</exception>
    TokenMask? Next(ReadOnlySpan<int> tokens, int promptLength);

    /// <summary>Whether anything may come next, as far as can be said at once; it changes nothing, and throws nothing.</summary>
    /// <param name="tokens">Prompt and generated tokens so far; none before those of the last <see cref="Next"/> has changed.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    bool IsFree(ReadOnlySpan<int> tokens, int promptLength);

    /// <summary>What nearly always comes next by the form of the text alone. A guess: it changes nothing, and throws nothing.</summary>
    /// <param name="tokens">Prompt and generated tokens so far; none before those of the last <see cref="Next"/> has changed.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    ReadOnlySpan<int> Foresee(ReadOnlySpan<int> tokens, int promptLength);
}
