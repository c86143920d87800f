using Agent.Core.Retrieval.Index;

namespace Agent.Core.Tests.Retrieval.Vectors;

/// <summary>The search as its contract words it: every vector compared, in a loop.</summary>
internal static class ExhaustiveSearch
{
    public static SearchHit[] Find(IEnumerable<KeyValuePair<int, float[]>> vectors, float[] query, int count) =>
    [
        .. vectors.Select(row => new SearchHit(row.Key, Cosine(query, row.Value)))
            .OrderByDescending(hit => hit.Score)
            .ThenBy(hit => hit.Document)
            .Take(count),
    ];

    private static double Cosine(float[] a, float[] b)
    {
        var (product, squareA, squareB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(squareA * squareB);
    }
}
