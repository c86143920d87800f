namespace Agent.Core.Retrieval.Ingest;

/// <summary>What an ingest did. Immutable.</summary>
public sealed record IngestReport
{
    /// <summary>Documents that are new.</summary>
    public int Added { get; init; }

    /// <summary>Documents that took the place of an earlier state.</summary>
    public int Updated { get; init; }

    /// <summary>Documents that were as they are.</summary>
    public int Unchanged { get; init; }

    /// <summary>Documents whose files are gone.</summary>
    public int Removed { get; init; }

    /// <summary>Files of folders that are no documents: how many of each extension, in lower case with its dot; empty text for none.</summary>
    public IReadOnlyDictionary<string, int> Ignored { get; init; } = new Dictionary<string, int>(0);

    /// <summary>Chunks of the documents that are new or updated.</summary>
    public long Chunks { get; init; }

    /// <summary>Chunks that got a vector.</summary>
    public long Embedded { get; init; }

    /// <summary>Bytes of their files.</summary>
    public long Bytes { get; init; }

    /// <summary>What could not be taken in.</summary>
    public IReadOnlyList<IngestProblem> Problems { get; init; } = [];

    /// <summary>What is wrong in files that were taken in.</summary>
    public IReadOnlyList<IngestWarning> Warnings { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
}
