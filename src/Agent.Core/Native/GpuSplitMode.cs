namespace Agent.Core.Native;

/// <summary>How the layers on GPUs are spread, where there are several.</summary>
public enum GpuSplitMode
{
    /// <summary>All on one of them.</summary>
    None,

    /// <summary>Whole layers with their KV cache on each; one GPU computes after the other.</summary>
    Layer,

    /// <summary>The rows of each weight on all GPUs, which compute a layer together; the KV cache by layers. Loading fails where the build has no such split: CUDA builds of v0.5.0 have none.</summary>
    Row,
}
