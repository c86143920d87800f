using Agent.Core.Inference.Embedding;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Vectors;
using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Search;

/// <summary>An embedding model as a collection uses it: texts of passages and of queries become vectors. As thread-safe as its generator.</summary>
/// <remarks>The generator is told what each text is for (<see cref="EmbeddingProperties.Purpose"/>), which one that knows nothing of it ignores.</remarks>
public sealed class PassageEmbedder
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;

    /// <summary>Takes a model.</summary>
    /// <param name="name">Names the model and how it is used; vectors of another name are never compared with its own.</param>
    /// <param name="generator">Embeds texts; stays the caller's.</param>
    public PassageEmbedder(string name, IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(generator);
        Name = name;
        _generator = generator;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The vector of a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RetrievalException">The model failed, whatever it threw, or gave no vector.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<ReadOnlyMemory<float>> EmbedAsync(string query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        GeneratedEmbeddings<Embedding<float>> embeddings;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings = await _generator.GenerateAsync([query], EmbeddingProperties.For(EmbeddingPurpose.Query), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not RetrievalException)
        {
            throw new RetrievalException($"The query cannot be embedded with '{Name}': {exception.Message.TrimEnd('.')}. Look after the embedding model, or search by words.", exception);
        }

        return embeddings.Count == 1
            ? embeddings[0].Vector
            : throw new RetrievalException($"The embedding model '{Name}' gave {embeddings.Count} vectors for 1 texts.");
    }

    /// <summary>The vectors of chunks, in their order.</summary>
    /// <param name="chunks">Chunks with their texts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RetrievalException">The model failed, or gave what is no vector, or another number of them than it was given texts.</exception>
    public async Task<IReadOnlyList<VectorRow>> EmbedAsync(IReadOnlyList<UnembeddedChunk> chunks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        try
        {
            var embeddings = await _generator.GenerateAsync(chunks.Select(static chunk => chunk.Text), EmbeddingProperties.For(EmbeddingPurpose.Document), cancellationToken).ConfigureAwait(false);
            return embeddings.Count == chunks.Count
                ? [.. chunks.Select((chunk, i) => VectorRow.Of(chunk.Chunk, embeddings[i].Vector.Span))]
                : throw new RetrievalException($"The embedding model '{Name}' gave {embeddings.Count} vectors for {chunks.Count} texts.");
        }
        catch (Exception exception) when (exception is not RetrievalException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // Whatever a generator throws: there is no list of it.
            throw new RetrievalException($"The embedding model '{Name}' failed: {exception.Message}", exception);
        }
    }
}
