namespace Agent.Core.Native;

/// <summary>Which build of llama.cpp is wanted.</summary>
public enum LlamaBackend
{
    /// <summary>The fastest build that can really run on this machine; never one that would abort.</summary>
    Auto,

    /// <summary>CPU only.</summary>
    Cpu,

    /// <summary>NVIDIA GPUs; an error where none can run it.</summary>
    Cuda,

    /// <summary>GPUs through Vulkan; an error where no Vulkan loader is found.</summary>
    Vulkan,

    /// <summary>Apple GPUs.</summary>
    Metal,
}
