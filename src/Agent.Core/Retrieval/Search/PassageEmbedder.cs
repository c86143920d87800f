using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Vectors;
using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Search;

/// <summary>An embedding model as a collection uses it: texts of passages and of queries become vectors. As thread-safe as its generators.</summary>
public sealed class PassageEmbedder
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _passages;
    private readonly IEmbeddingGenerator<string, Embedding<float>> _queries;

    /// <summary>Takes a model.</summary>
    /// <param name="name">Names the model and how it is used; vectors of another name are never compared with its own.</param>
    /// <param name="passages">Embeds passages; stays the caller's.</param>
    /// <param name="queries">Embeds queries, where the model wants another prefix for them; null for the same.</param>
    public PassageEmbedder(string name, IEmbeddingGenerator<string, Embedding<float>> passages, IEmbeddingGenerator<string, Embedding<float>>? queries = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(passages);
        Name = name;
        _passages = passages;
        _queries = queries ?? passages;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The vector of a query.</summary>
    internal async Task<ReadOnlyMemory<float>> EmbedAsync(string query, CancellationToken cancellationToken)
    {
        var embeddings = await _queries.GenerateAsync([query], cancellationToken: cancellationToken).ConfigureAwait(false);
        return embeddings[0].Vector;
    }

    /// <summary>The vectors of chunks, in their order.</summary>
    internal async Task<IReadOnlyList<VectorRow>> EmbedAsync(IReadOnlyList<UnembeddedChunk> chunks, CancellationToken cancellationToken)
    {
        var embeddings = await _passages.GenerateAsync(chunks.Select(static chunk => chunk.Text), cancellationToken: cancellationToken).ConfigureAwait(false);
        return embeddings.Count == chunks.Count
            ? [.. chunks.Select((chunk, i) => VectorRow.Of(chunk.Chunk, embeddings[i].Vector.Span))]
            : throw new RetrievalException($"The embedding model '{Name}' gave {embeddings.Count} vectors for {chunks.Count} texts.");
    }
}
