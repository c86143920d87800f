namespace Agent.Core.Inference;

/// <summary>Which model to load, and how.</summary>
public sealed record LlamaModelOptions
{
    /// <summary>A GGUF file.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The file's SHA-256 in hexadecimal; a file with another is refused before it is parsed. Of a split model (<c>NAME-00001-of-00003.gguf</c>) those
    /// of all its files, in order, with commas between.
    /// </summary>
    /// <value>Default: null, not checked.</value>
    public string? Sha256 { get; init; }

    /// <summary>Layers to put on the GPU; negative means all of them.</summary>
    /// <value>Default -1. Without a GPU it says nothing.</value>
    public int GpuLayers { get; init; } = -1;

    /// <summary>Maps the file into memory instead of reading it.</summary>
    /// <value>Default true.</value>
    public bool MemoryMap { get; init; } = true;
}
