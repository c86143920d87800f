namespace Agent.Core.Native;

/// <summary>One NVIDIA GPU as the driver reports it.</summary>
/// <param name="Name">Its product name.</param>
/// <param name="Major">Major compute capability.</param>
/// <param name="Minor">Minor compute capability.</param>
internal sealed record CudaDevice(string Name, int Major, int Minor)
{
    /// <summary>Compute capability as fat binaries number it: 90 for 9.0.</summary>
    public int Architecture => (Major * 10) + Minor;
}
