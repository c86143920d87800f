namespace Agent.Core.Retrieval.Storage;

/// <summary>By what a collection knows whether a document changed. Immutable.</summary>
public sealed record DocumentStamp
{
    /// <summary>The SHA-256 of the document's bytes.</summary>
    /// <value>64 hexadecimal digits in lower case.</value>
    public required string Hash { get; init; }

    /// <summary>Names how it was read, cut and labelled; another recipe makes the same bytes a changed document.</summary>
    public required string Recipe { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When it was last changed, to the millisecond.</summary>
    public required DateTimeOffset Modified { get; init; }
}
