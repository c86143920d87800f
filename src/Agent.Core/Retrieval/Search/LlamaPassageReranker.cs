using Agent.Core.Inference;
using Agent.Core.Inference.Embedding;

namespace Agent.Core.Retrieval.Search;

/// <summary>Orders passages by a cross-encoder that reads query and passage together. Thread-safe.</summary>
/// <param name="reranker">The cross-encoder, which stays the caller's.</param>
public sealed class LlamaPassageReranker(LlamaReranker reranker) : IPassageReranker
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<PassageHit>> RerankAsync(string query, IReadOnlyList<PassageHit> hits, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(hits);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        try
        {
            var scores = await reranker.ScoreAsync(query, [.. hits.Select(static hit => TextOf(hit.Passage))], cancellationToken).ConfigureAwait(false);
            return [.. hits.Select((hit, i) => hit with { Score = scores[i] }).OrderByDescending(static hit => hit.Score).Take(top)];
        }
        catch (EngineException e)
        {
            throw new RetrievalException($"The passages cannot be reranked: {e.Message}", e);
        }
    }

    // A passage may say little without the headings that it stands under.
    private static string TextOf(Passage passage) => passage.HeadingPath.Count == 0
        ? passage.Text
        : $"{string.Join(" > ", passage.HeadingPath)}\n{passage.Text}";
}
