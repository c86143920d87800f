namespace Agent.Host.Configuration;

/// <summary>Which model answers, and how it is asked.</summary>
internal sealed record ModelSettings
{
    /// <summary>A GGUF file; a relative path is looked up in the current folder, then beside the program.</summary>
    public string Path { get; init; } = "models/agent-mini.gguf";

    /// <summary>The file's SHA-256 in hexadecimal; null where it is not pinned.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Layers on the GPU; negative for all.</summary>
    public int GpuLayers { get; init; } = -1;

    /// <summary>Maps the file into memory instead of reading it.</summary>
    public bool MemoryMap { get; init; } = true;

    /// <summary>Least probability at which a turn opens with a tool call; null leaves it to the model.</summary>
    public double? CallThreshold { get; init; }

    /// <summary>Holds tool calls to the schemas of the tools while they are written.</summary>
    public bool ConstrainToolCalls { get; init; } = true;

    /// <summary>Most tokens of one model turn; null for as many as the context holds.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The model's name in responses; null for its file's name.</summary>
    public string? Id { get; init; }
}
