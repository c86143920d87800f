using Agent.Core.Retrieval.Index;

namespace Agent.Core.Tests.Retrieval.Index;

/// <summary>BM25 by the book: dictionaries, every document scored. What the index finds is compared with it.</summary>
internal sealed class ExhaustiveIndex
{
    public SortedDictionary<int, (Dictionary<string, int> Terms, int Length)> Documents { get; } = [];

    public IReadOnlyList<SearchHit> Search(IReadOnlyList<string> terms, int count, Bm25Options options, Func<int, bool>? filter)
    {
        var (k1, b) = (options.Saturation, options.LengthNormalization);
        var average = Documents.Count == 0 ? 0 : (double)Documents.Values.Sum(document => (long)document.Length) / Documents.Count;
        var perLength = average > 0 ? k1 * b / average : 0;
        var scores = new Dictionary<int, double>();
        foreach (var group in terms.GroupBy(term => term, StringComparer.Ordinal))
        {
            var frequency = Documents.Values.Count(document => document.Terms.ContainsKey(group.Key));
            var weight = Math.Log(1 + ((Documents.Count - frequency + 0.5) / (frequency + 0.5))) * group.Count() * (k1 + 1);
            foreach (var (id, (counts, length)) in Documents)
            {
                if (counts.TryGetValue(group.Key, out var occurrences) && (filter is null || filter(id)))
                {
                    var raw = weight * occurrences / (occurrences + ((k1 * (1 - b)) + (perLength * length)));
                    var rounded = Math.Max(Math.Round(raw * (1L << 36), MidpointRounding.ToEven), 1) / (1L << 36);
                    scores[id] = scores.GetValueOrDefault(id) + rounded;
                }
            }
        }

        return [.. scores.Select(pair => new SearchHit(pair.Key, pair.Value)).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Document).Take(count)];
    }
}
