using Microsoft.Extensions.AI;

namespace Agent.Core.Inference.Embedding;

/// <summary>Some texts of a call could not be embedded. The others were: nothing of theirs is lost.</summary>
public sealed class EmbeddingException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which texts failed, why, and what to do.</param>
    /// <param name="embeddings">One entry for each text, in order; null for those that failed.</param>
    /// <param name="innerException">The first failure, if an exception is its cause.</param>
    public EmbeddingException(string message, IReadOnlyList<Embedding<float>?> embeddings, Exception? innerException = null)
        : base(message, innerException) => Embeddings = embeddings;

    /// <summary>One entry for each text, in order; null for those that failed.</summary>
    public IReadOnlyList<Embedding<float>?> Embeddings { get; }
}
