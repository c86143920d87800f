namespace Agent.Core.Native;

/// <summary>One piece of GPU code in a fat binary.</summary>
/// <param name="IsPtx">True for PTX, which the driver compiles; false for machine code.</param>
/// <param name="Architecture">Its compute capability, 90 for 9.0.</param>
/// <param name="IsaVersion">Version of the PTX language, 10 * major + minor; 0 for machine code.</param>
internal readonly record struct CudaImage(bool IsPtx, int Architecture, int IsaVersion)
{
    /// <summary>
    /// Whether a device and driver can run this code. Machine code runs on devices of the same major capability and an equal
    /// or higher minor one; PTX on every device from its own capability on, if the driver knows its language version.
    /// </summary>
    public bool RunsOn(CudaDevice device, int newestIsa) => IsPtx
        ? Architecture <= device.Architecture && IsaVersion <= newestIsa
        : Architecture / 10 == device.Major && Architecture % 10 <= device.Minor && (device.Major < 10 || Architecture == device.Architecture);
}
