using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>
/// Gives every chunk its vector, after all can be found by their words. What is embedded when it is stopped stays. A text that the model refuses
/// costs no other its vector, and a model that does not answer at all is not asked about every text.
/// </summary>
internal sealed class PassageEmbedding(PassageWriter writer, PassageEmbedder embedder, IngestReportBuilder report)
{
    // Enough to fill batches, little enough to lose.
    private const int AtOnce = 64;

    // What every model takes.
    private static readonly UnembeddedChunk[] Probe = [new(0, "text")];

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <exception cref="RetrievalException">The collection cannot be written, or the vectors are of another size than those that it has.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var after = 0;
        while (await writer.ReadUnembeddedAsync(embedder.Name, after, AtOnce, cancellationToken).ConfigureAwait(false) is { Count: > 0 } chunks)
        {
            var (vectors, goesOn) = await EmbedAsync(chunks, cancellationToken).ConfigureAwait(false);
            if (vectors.Count > 0)
            {
                await writer.PutVectorsAsync(vectors, cancellationToken).ConfigureAwait(false);
                report.AddEmbedded(vectors.Count);
            }

            if (!goesOn)
            {
                return;
            }

            after = chunks[^1].Chunk;
        }
    }

    private async Task<(IReadOnlyList<VectorRow> Vectors, bool GoesOn)> EmbedAsync(IReadOnlyList<UnembeddedChunk> chunks, CancellationToken cancellationToken)
    {
        if (await TryAsync(chunks, cancellationToken).ConfigureAwait(false) is { Vectors: { } all })
        {
            return (all, true);
        }

        // One of them spoils it for the others, or the model is not there.
        var vectors = new List<VectorRow>(chunks.Count);
        foreach (var chunk in chunks)
        {
            var (vector, problem) = await TryAsync([chunk], cancellationToken).ConfigureAwait(false);
            if (vector is not null)
            {
                vectors.AddRange(vector);
            }
            else if ((await TryAsync(Probe, cancellationToken).ConfigureAwait(false)).Vectors is null)
            {
                report.AddProblem(new IngestProblem(
                    chunk.Source, $"The passages from here on have no vectors: {problem}", "Check that the model can be reached, then ingest again; until then they are found by their words only."));
                return (vectors, false);
            }
            else if (_reported.Add(chunk.Source))
            {
                report.AddProblem(new IngestProblem(
                    chunk.Source, $"A passage has no vector: {problem}", "It is found by its words only. Make the passages shorter (Agent:Retrieval:ChunkTokens) where the model says that they are too long."));
            }
        }

        return (vectors, true);
    }

    /// <summary>Vectors, or the problem without its full stop.</summary>
    private async Task<(IReadOnlyList<VectorRow>? Vectors, string? Problem)> TryAsync(IReadOnlyList<UnembeddedChunk> chunks, CancellationToken cancellationToken)
    {
        try
        {
            return (await embedder.EmbedAsync(chunks, cancellationToken).ConfigureAwait(false), null);
        }
        catch (RetrievalException exception)
        {
            return (null, exception.Message.TrimEnd('.'));
        }
    }
}
