using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Search;

/// <summary>Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): one ranking of several, whose scores need not be comparable.</summary>
public static class RankFusion
{
    /// <summary>Fuses rankings.</summary>
    /// <param name="rankings">Rankings, best first; a document stands in each once at most.</param>
    /// <param name="constant">Damps the first ranks; 60 is usual.</param>
    /// <param name="count">The most hits wanted.</param>
    /// <returns>Documents by the sum of 1 / (constant + rank), rank from 1; equal sums by ascending id.</returns>
    public static IReadOnlyList<SearchHit> Fuse(IEnumerable<IReadOnlyList<SearchHit>> rankings, int constant, int count)
    {
        ArgumentNullException.ThrowIfNull(rankings);
        var scores = new Dictionary<int, double>();
        foreach (var ranking in rankings)
        {
            for (var i = 0; i < ranking.Count; i++)
            {
                scores[ranking[i].Document] = scores.GetValueOrDefault(ranking[i].Document) + (1.0 / (constant + i + 1));
            }
        }

        return [.. scores.Select(static pair => new SearchHit(pair.Key, pair.Value)).OrderByDescending(static hit => hit.Score).ThenBy(static hit => hit.Document).Take(count)];
    }
}
