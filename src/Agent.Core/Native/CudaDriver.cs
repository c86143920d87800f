using System.Runtime.InteropServices;
using System.Text;

namespace Agent.Core.Native;

/// <summary>
/// Asks the NVIDIA driver library, and it alone, for its version and devices: enough to decide whether a CUDA build can
/// run, before any of it is loaded.
/// </summary>
internal sealed unsafe class CudaDriver
{
    private const int ComputeCapabilityMajor = 75;
    private const int ComputeCapabilityMinor = 76;

    private CudaDriver(int version, IReadOnlyList<CudaDevice> devices)
    {
        Version = version;
        Devices = devices;
    }

    /// <summary>The newest CUDA version the driver supports, as 1000 * major + 10 * minor.</summary>
    public int Version { get; }

    /// <summary>The GPUs it drives.</summary>
    public IReadOnlyList<CudaDevice> Devices { get; }

    /// <summary>Queries the driver.</summary>
    /// <param name="driver">The driver, when there is one with a device.</param>
    /// <param name="problem">Otherwise what is missing.</param>
    public static bool TryQuery(out CudaDriver? driver, out string problem)
    {
        driver = null;
        var name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(name, out var library))
        {
            problem = $"no NVIDIA driver is installed ({name} was not found)";
            return false;
        }

        // The library stays loaded: the backend needs it, and unloading a driver library is asking for trouble.
        if (!TryExport(library, "cuInit", out var init)
            || !TryExport(library, "cuDriverGetVersion", out var getVersion)
            || !TryExport(library, "cuDeviceGetCount", out var getCount)
            || !TryExport(library, "cuDeviceGet", out var getDevice)
            || !TryExport(library, "cuDeviceGetName", out var getName)
            || !TryExport(library, "cuDeviceGetAttribute", out var getAttribute))
        {
            problem = $"{name} lacks the driver functions that every CUDA driver has";
            return false;
        }

        var status = ((delegate* unmanaged<uint, int>)init)(0);
        if (status != 0)
        {
            problem = $"the NVIDIA driver does not start (cuInit returned {status})";
            return false;
        }

        int version, count;
        if (((delegate* unmanaged<int*, int>)getVersion)(&version) != 0
            || ((delegate* unmanaged<int*, int>)getCount)(&count) != 0
            || count == 0)
        {
            problem = "the NVIDIA driver reports no GPU";
            return false;
        }

        var devices = new List<CudaDevice>(count);
        var text = stackalloc byte[256];
        for (var i = 0; i < count; i++)
        {
            int device, major = 0, minor = 0;
            if (((delegate* unmanaged<int*, int, int>)getDevice)(&device, i) != 0)
            {
                continue;
            }

            var attribute = (delegate* unmanaged<int*, int, int, int>)getAttribute;
            _ = attribute(&major, ComputeCapabilityMajor, device);
            _ = attribute(&minor, ComputeCapabilityMinor, device);
            _ = ((delegate* unmanaged<byte*, int, int, int>)getName)(text, 256, device);
            devices.Add(new CudaDevice(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)), major, minor));
        }

        driver = new CudaDriver(version, devices);
        problem = string.Empty;
        return true;
    }

    private static bool TryExport(nint library, string name, out nint address) => NativeLibrary.TryGetExport(library, name, out address);
}
