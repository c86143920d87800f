namespace Agent.Core.Native;

/// <summary>A device that llama.cpp can compute on.</summary>
/// <param name="Name">Short name, for example <c>CUDA0</c>.</param>
/// <param name="Description">Product name.</param>
/// <param name="IsGpu">Whether it is a GPU, discrete or integrated.</param>
/// <param name="FreeBytes">Memory free when asked, in bytes.</param>
/// <param name="TotalBytes">Memory in all, in bytes.</param>
public sealed record ComputeDevice(string Name, string Description, bool IsGpu, long FreeBytes, long TotalBytes)
{
    /// <summary>Whether it is a GPU that shares its memory with the CPU; models use it only where there is no other.</summary>
    /// <value>Default false.</value>
    public bool IsIntegrated { get; init; }
}
