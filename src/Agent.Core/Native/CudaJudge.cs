using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>
/// Decides whether a CUDA build of llama.cpp can run here. Such a build loads on any machine with a driver, lists the GPU,
/// loads the model, and only then aborts the process at the first kernel if its code does not fit: so this is decided first.
/// </summary>
internal static class CudaJudge
{
    /// <summary>Judges the build in <paramref name="folder"/> on this machine.</summary>
    public static CudaVerdict Judge(string folder)
    {
        if (!CudaDriver.TryQuery(out var driver, out var problem))
        {
            return new CudaVerdict(false, problem);
        }

        var library = Directory.EnumerateFiles(folder)
            .FirstOrDefault(f => Path.GetFileName(f).Contains("ggml-cuda", StringComparison.Ordinal));
        if (library is null)
        {
            return new CudaVerdict(false, "the ggml-cuda library is missing");
        }

        var verdict = JudgeCode(CudaFatBinary.ReadImages(library), driver!.Devices, driver.Version);
        return verdict.Usable && MissingRuntime(folder) is { } missing
            ? new CudaVerdict(false, $"{missing} was not found; install the CUDA {RuntimeMajor(folder)} runtime and cuBLAS, or put their folder on the library path")
            : verdict;
    }

    /// <summary>Judges GPU code against devices and a driver version; without side effects, for any build.</summary>
    public static CudaVerdict JudgeCode(IReadOnlyList<CudaImage> images, IReadOnlyList<CudaDevice> devices, int driverVersion)
    {
        var newestIsa = NewestIsa(driverVersion);
        var driver = $"CUDA {driverVersion / 1000}.{driverVersion % 1000 / 10}";

        // A Windows library keeps its images elsewhere; there the driver's major version is all that can be told.
        if (images.Count == 0)
        {
            return driverVersion >= 13010
                ? new CudaVerdict(true, $"the driver supports {driver}")
                : new CudaVerdict(false, $"the driver supports {driver}, and this build is only known to run from CUDA 13.1 on; update the NVIDIA driver");
        }

        foreach (var device in devices)
        {
            if (!images.Any(image => image.RunsOn(device, newestIsa)))
            {
                var ptx = images.Where(i => i.IsPtx && i.Architecture <= device.Architecture).Select(i => i.IsaVersion).DefaultIfEmpty(0).Min();
                var fix = ptx > 0
                    ? $"its PTX is version {ptx / 10}.{ptx % 10} and the driver ({driver}) knows up to {newestIsa / 10}.{newestIsa % 10}; update the NVIDIA driver"
                    : "it holds no code for that architecture";
                return new CudaVerdict(false, $"{device.Name} (sm_{device.Architecture}) cannot run it: {fix}");
            }
        }

        return new CudaVerdict(true, $"{string.Join(", ", devices.Select(d => $"{d.Name} (sm_{d.Architecture})"))} with a driver for {driver} can run it");
    }

    /// <summary>
    /// Newest PTX version that a driver compiles, 10 * major + minor. Source: the release table of NVIDIA's PTX ISA manual;
    /// each CUDA release raises the minor version by one, but for 12.6, which has that of 12.5.
    /// </summary>
    private static int NewestIsa(int driverVersion)
    {
        var (major, minor) = (driverVersion / 1000, driverVersion % 1000 / 10);
        return major switch
        {
            >= 13 => 90 + ((major - 13) * 10) + minor,
            12 => 80 + (minor >= 6 ? minor - 1 : minor),
            11 => 70 + minor,
            _ => 60,
        };
    }

    private static string? MissingRuntime(string folder)
    {
        var major = RuntimeMajor(folder);
        string[] names = OperatingSystem.IsWindows()
            ? [$"cudart64_{major}.dll", $"cublas64_{major}.dll"]
            : [$"libcudart.so.{major}", $"libcublas.so.{major}"];
        return names.FirstOrDefault(name => !NativeLibrary.TryLoad(Path.Combine(folder, name), out _) && !NativeLibrary.TryLoad(name, out _));
    }

    /// <summary>The npm package of the CUDA 12 builds ends in "-ext".</summary>
    private static int RuntimeMajor(string folder) => folder.EndsWith("-ext", StringComparison.Ordinal) ? 12 : 13;
}
