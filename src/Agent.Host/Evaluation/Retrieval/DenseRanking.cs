using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>Cosine over the vectors of the documents of a collection, each as a whole, in memory.</summary>
internal sealed class DenseRanking : IDocumentRanking
{
    private const int EmbeddedAtOnce = 64;

    private readonly PassageEmbedder _embedder;
    private readonly VectorSet? _vectors;

    private DenseRanking(PassageEmbedder embedder, VectorSet? vectors)
    {
        _embedder = embedder;
        _vectors = vectors;
    }

    /// <inheritdoc/>
    public string Name => "dense";

    /// <summary>Embeds the documents.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="embedder">The model.</param>
    /// <param name="progress">Told how many are embedded.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static async Task<DenseRanking> CreateAsync(IReadOnlyList<RetrievalDocument> documents, PassageEmbedder embedder, Action<int> progress, CancellationToken cancellationToken)
    {
        var rows = new List<VectorRow>(documents.Count);
        foreach (var batch in documents.Select((document, i) => new UnembeddedChunk(i, document.Text)).Chunk(EmbeddedAtOnce))
        {
            rows.AddRange(await embedder.EmbedAsync(batch, cancellationToken));
            progress(rows.Count);
        }

        return new DenseRanking(embedder, rows.Count == 0 ? null : new VectorSet(rows[0].Bytes.Length / sizeof(float)).Add(rows));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(string query, int count, CancellationToken cancellationToken)
    {
        var vector = await _embedder.EmbedAsync(query, cancellationToken);
        return _vectors?.Search(vector.Span, count, filter: null, cancellationToken) ?? [];
    }
}
