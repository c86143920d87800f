namespace Agent.Core.Retrieval.Index;

/// <summary>The segments of an index at one moment, with what lives of them and their statistics. Immutable and thread-safe.</summary>
public sealed class IndexSnapshot
{
    /// <summary>Creates the snapshot.</summary>
    /// <param name="segments">Segments with what lives of them. A document may live in one of them only, or it is found twice.</param>
    public IndexSnapshot(IEnumerable<LiveDocuments> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        Segments = [.. segments.Where(static live => live.Count > 0)];
        DocumentCount = Segments.Sum(static live => (long)live.Count);
        AverageLength = DocumentCount == 0 ? 0 : (double)Segments.Sum(static live => live.TotalLength) / DocumentCount;
    }

    /// <summary>The segments in which something lives.</summary>
    public IReadOnlyList<LiveDocuments> Segments { get; }

    /// <summary>Living documents.</summary>
    public long DocumentCount { get; }

    /// <summary>Their average length, in terms.</summary>
    /// <value>0 if there are none.</value>
    public double AverageLength { get; }
}
