using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Search;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>Several rankings as the product fuses them.</summary>
/// <param name="rankings">The rankings.</param>
internal sealed class FusedRanking(params IReadOnlyList<IDocumentRanking> rankings) : IDocumentRanking
{
    private static readonly PassageSearchOptions Options = new();

    /// <inheritdoc/>
    public string Name => "fused";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(string query, int count, CancellationToken cancellationToken)
    {
        var hits = new List<IReadOnlyList<SearchHit>>(rankings.Count);
        foreach (var ranking in rankings)
        {
            hits.Add(await ranking.SearchAsync(query, Math.Max(count, Options.FusionDepth), cancellationToken));
        }

        return RankFusion.Fuse(hits, Options.FusionConstant, count);
    }
}
