using System.Numerics;

namespace Agent.Core.Retrieval.Storage;

/// <summary>
/// Which segments to merge. Neighbours of like size are merged once there are <see cref="Factor"/> of them, as in a log-structured merge tree
/// (O'Neil et al., 1996), so that a chunk is written again a few times only, however many there are; a segment mostly deleted is written anew.
/// </summary>
internal static class MergePolicy
{
    /// <summary>So many segments of like size become one.</summary>
    public const int Factor = 8;

    /// <summary>No merge makes a segment of more chunks: merging holds its bytes twice.</summary>
    public const int MaxDocuments = 1 << 18;

    /// <summary>Chooses segments that are to become one.</summary>
    /// <param name="segments">All segments in the order of their chunks, with the number of those that live.</param>
    /// <returns>Neighbours, or one segment to be written without its deleted chunks; empty if all is well.</returns>
    public static IReadOnlyList<SegmentRow> Choose(IReadOnlyList<(SegmentRow Row, int Live)> segments)
    {
        foreach (var (row, live) in segments)
        {
            if (live * 3L < row.Documents * 2L)
            {
                return [row];
            }
        }

        for (var tier = 0; tier <= TierOf(MaxDocuments); tier++)
        {
            for (var first = 0; first < segments.Count; first++)
            {
                var (end, total) = (first, 0);
                while (end < segments.Count && TierOf(segments[end].Live) <= tier && total + segments[end].Live <= MaxDocuments)
                {
                    total += segments[end++].Live;
                }

                if (end - first >= Factor)
                {
                    return [.. segments.Take(first..end).Select(static segment => segment.Row)];
                }
            }
        }

        return [];
    }

    // 0 below 4,096, then one for each factor of 8.
    private static int TierOf(int documents) => BitOperations.Log2((uint)(documents >> 12) | 1) / 3;
}
