namespace Agent.Core.Retrieval.Storage;

/// <summary>A document ready to be stored. Immutable. Its texts are untrusted.</summary>
public sealed record IndexedDocument
{
    /// <summary>Names the document in its collection: the full path of a file, or whatever the caller calls it.</summary>
    public required string Source { get; init; }

    /// <summary>What the document calls itself.</summary>
    public required string Title { get; init; }

    /// <summary>By what a later ingest knows whether it changed.</summary>
    public required DocumentStamp Stamp { get; init; }

    /// <summary>Its chunks, in order.</summary>
    public required IReadOnlyList<IndexedChunk> Chunks { get; init; }

    /// <summary>Labels by which queries may be narrowed.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Names and values by which queries may be narrowed, and which hits bring along.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(0);
}
