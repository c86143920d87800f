namespace Agent.Core.Retrieval.Storage;

/// <summary>A chunk without a vector. Immutable.</summary>
/// <param name="Chunk">The chunk's id.</param>
/// <param name="Text">Its headings and text, as they are to be embedded.</param>
public sealed record UnembeddedChunk(int Chunk, string Text)
{
    /// <summary>Names its document.</summary>
    /// <value>Empty by default.</value>
    public string Source { get; init; } = string.Empty;
}
