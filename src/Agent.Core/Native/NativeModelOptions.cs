namespace Agent.Core.Native;

/// <summary>How weights are loaded.</summary>
internal sealed record NativeModelOptions
{
    /// <summary>Layers on the GPU; negative means all of them.</summary>
    public int GpuLayers { get; init; } = -1;

    /// <summary>Only the vocabulary, no weights.</summary>
    public bool VocabularyOnly { get; init; }

    /// <summary>Maps the file instead of reading it.</summary>
    public bool MemoryMap { get; init; } = true;
}
