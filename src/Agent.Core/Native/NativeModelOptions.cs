namespace Agent.Core.Native;

/// <summary>How weights are loaded. Nothing here is checked against the machine any more.</summary>
internal sealed record NativeModelOptions
{
    /// <summary>Layers on GPUs, the output being the first of them; negative means all.</summary>
    public int GpuLayers { get; init; } = -1;

    /// <summary>How layers are spread over several GPUs.</summary>
    public GpuSplitMode SplitMode { get; init; } = GpuSplitMode.Layer;

    /// <summary>The GPU that <see cref="GpuSplitMode.None"/> uses.</summary>
    public int MainGpu { get; init; }

    /// <summary>The share of each GPU; empty leaves it to llama.cpp.</summary>
    public IReadOnlyList<float> TensorSplit { get; init; } = [];

    /// <summary>Only the vocabulary, no weights.</summary>
    public bool VocabularyOnly { get; init; }

    /// <summary>Maps the file instead of reading it.</summary>
    public bool MemoryMap { get; init; } = true;

    /// <summary>Keeps the host's part of the weights from being paged out.</summary>
    public bool LockMemory { get; init; }
}
