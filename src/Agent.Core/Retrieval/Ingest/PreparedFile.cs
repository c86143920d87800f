using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>A file on its way into the collection.</summary>
/// <param name="File">The file.</param>
/// <param name="Known">What the collection knows of it; null if it is new.</param>
internal sealed record PreparedFile(ScannedFile File, DocumentStamp? Known)
{
    /// <summary>The document, where it is to be stored.</summary>
    public IndexedDocument? Document { get; init; }

    /// <summary>The new stamp, where nothing but the file's date changed.</summary>
    public DocumentStamp? Touched { get; init; }

    /// <summary>Why the file cannot be taken in.</summary>
    public IngestProblem? Problem { get; init; }

    /// <summary>What is wrong in the file, as sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
