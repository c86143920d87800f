using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Storage;

/// <summary>How a collection is searched and written. Immutable.</summary>
public sealed record PassageStoreOptions
{
    /// <summary>The parameters of BM25.</summary>
    public Bm25Options Ranking { get; init; } = new();

    /// <summary>How many chunks wait for a segment of the index at most, but for those of one document.</summary>
    /// <value>4,096; 16 to 65,536. More make an ingest quicker; up to so many are analysed anew when the collection is opened.</value>
    public int SegmentChunks { get; init; } = 4096;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentChunks, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentChunks, 65_536);
    }
}
