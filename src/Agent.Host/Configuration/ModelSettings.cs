using Agent.Core.Inference;
using Agent.Core.Native;

namespace Agent.Host.Configuration;

/// <summary>Which model answers, and how it is asked.</summary>
internal sealed record ModelSettings
{
    /// <summary>A GGUF file; a relative path is looked up in the current folder, then beside the program.</summary>
    public string Path { get; init; } = "models/agent-mini.gguf";

    /// <summary>The file's SHA-256 in hexadecimal; null where it is not pinned.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Layers on GPUs; null for all.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>How layers are spread over several GPUs.</summary>
    public GpuSplitMode SplitMode { get; init; } = GpuSplitMode.Layer;

    /// <summary>The one GPU that is used with <see cref="GpuSplitMode.None"/>; null for the first one.</summary>
    public int? MainGpu { get; init; }

    /// <summary>The share of each GPU; empty for shares by free memory.</summary>
    public IReadOnlyList<float> TensorSplit { get; init; } = [];

    /// <summary>Maps the file into memory instead of reading it.</summary>
    public bool MemoryMap { get; init; } = true;

    /// <summary>Keeps the weights on the CPU's side from being paged out.</summary>
    public bool LockMemory { get; init; }

    /// <summary>LoRA adapters; their paths are looked up as <see cref="Path"/>.</summary>
    public IReadOnlyList<LlamaAdapterOptions> Adapters { get; init; } = [];

    /// <summary>Least probability at which a turn opens with a tool call; null leaves it to the model.</summary>
    public double? CallThreshold { get; init; }

    /// <summary>Holds tool calls to the schemas of the tools while they are written.</summary>
    public bool ConstrainToolCalls { get; init; } = true;

    /// <summary>Most tokens of one model turn; null for as many as the context holds.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The model's name in responses; null for its file's name.</summary>
    public string? Id { get; init; }

    /// <summary>How to load the model.</summary>
    public LlamaModelOptions ToLoadOptions() => new()
    {
        Path = Path,
        Sha256 = Sha256,
        GpuLayers = GpuLayers,
        SplitMode = SplitMode,
        MainGpu = MainGpu,
        TensorSplit = TensorSplit,
        MemoryMap = MemoryMap,
        LockMemory = LockMemory,
        Adapters = Adapters,
    };
}
