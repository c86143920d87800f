namespace Agent.Core.Retrieval.Documents;

/// <summary>Bounds on files from outside. Immutable and thread-safe.</summary>
public sealed record DocumentLimits
{
    /// <summary>The bounds that hold unless others are given.</summary>
    public static DocumentLimits Default { get; } = new();

    /// <summary>Bytes of a file; of a compressed one, as it lies on the disk.</summary>
    /// <value>64 MiB.</value>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes that a compressed file may unpack to, all its parts together.</summary>
    /// <value>256 MiB.</value>
    public long MaxUnpackedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How many times larger than its packed form a part of a compressed file may be. Parts below 1 MiB are not asked.</summary>
    /// <value>200; XML of office programs stays below 50.</value>
    public int MaxCompressionRatio { get; init; } = 200;

    /// <summary>Characters of extracted text.</summary>
    /// <value>67,108,864.</value>
    public int MaxTextLength { get; init; } = 64 * 1024 * 1024;

    /// <summary>Blocks of a document.</summary>
    /// <value>1,000,000.</value>
    public int MaxBlocks { get; init; } = 1_000_000;

    /// <summary>Levels of nested objects, arrays or elements.</summary>
    /// <value>256; 1 to 1,000.</value>
    public int MaxDepth { get; init; } = 256;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnpackedBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCompressionRatio, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTextLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDepth, 1);
        // Walks over nested values are recursive; this depth is far from the end of any stack.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDepth, 1000);
    }
}
