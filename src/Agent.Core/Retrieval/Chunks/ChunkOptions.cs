namespace Agent.Core.Retrieval.Chunks;

/// <summary>How documents are cut. Immutable and thread-safe.</summary>
public sealed record ChunkOptions
{
    /// <summary>The most tokens of a chunk, its heading path and repeated table header included.</summary>
    /// <value>320; 32 to 4,096.</value>
    public int MaxTokens { get; init; } = 320;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxTokens, 4096);
    }
}
