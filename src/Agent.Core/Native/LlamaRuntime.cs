using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Native;

/// <summary>llama.cpp, loaded into this process. There is one per process, chosen once.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed unsafe partial class LlamaRuntime
{
    private static readonly Lock Gate = new();
    private static readonly string[] SupportedVersions = ["0.4.0", "0.5.0"];
    private static readonly Dictionary<string, nint> Libraries = new(StringComparer.Ordinal);
    private static LlamaRuntime? _current;

    private LlamaRuntime(LlamaLibraryChoice choice, string version, string systemInfo)
    {
        Choice = choice;
        Version = version;
        SystemInfo = systemInfo;
    }

    /// <summary>Which library runs, and why.</summary>
    public LlamaLibraryChoice Choice { get; }

    /// <summary>Its version as it reports it, for example <c>0.5.0-dev</c>.</summary>
    public string Version { get; }

    /// <summary>The instruction sets that the CPU backend uses, as llama.cpp prints them.</summary>
    public string SystemInfo { get; }

    /// <summary>Whether the library that is loaded lets samplers add to its graphs as <see cref="LlamaSamplerInterface"/> says; earlier ones say it otherwise.</summary>
    internal static bool AddsToGraphs => _current?.Version.StartsWith("0.5.", StringComparison.Ordinal) == true;

    /// <summary>Loads the library, or returns the one already loaded.</summary>
    /// <param name="options">How to choose it.</param>
    /// <param name="logger">Receives the choice once, and from then on the library's own log.</param>
    /// <exception cref="LlamaException">
    /// No usable library, one of another version, or one that does not load; also if another library was loaded before:
    /// a process holds one.
    /// </exception>
    public static LlamaRuntime Load(LlamaRuntimeOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        lock (Gate)
        {
            if (_current is { } loaded)
            {
                return options.LibraryPath is { Length: > 0 } path && !SameLibrary(path, loaded.Choice)
                    ? throw new LlamaException($"llama.cpp was already loaded from '{loaded.Choice.LibraryFile}'; '{path}' needs a process of its own.")
                    : loaded;
            }

            var choice = LlamaLibraryLocator.Locate(options, CudaJudge.Judge, HasVulkanLoader);
            var version = LoadLibraries(choice);
            LlamaLog.Attach(logger);
            GgmlApi.BackendLoadAllFromPath(choice.Directory);
            LlamaApi.BackendInit();
            _current = new LlamaRuntime(choice, version, Text(LlamaApi.PrintSystemInfo()));
            LogChoice(logger, version, choice.Backend, choice.LibraryFile, choice.Reason);
            return _current;
        }
    }

    /// <summary>The devices that the loaded backends offer, with their memory now.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Only a loaded runtime has devices.")]
    public IReadOnlyList<ComputeDevice> GetDevices()
    {
        var count = (int)GgmlApi.DeviceCount();
        var devices = new List<ComputeDevice>(count);
        for (var i = 0; i < count; i++)
        {
            const int Gpu = 1, IntegratedGpu = 2;
            var device = GgmlApi.DeviceGet((nuint)i);
            var type = GgmlApi.DeviceType(device);
            GgmlApi.DeviceMemory(device, out var free, out var total);
            devices.Add(new ComputeDevice(
                Text(GgmlApi.DeviceName(device)),
                Text(GgmlApi.DeviceDescription(device)),
                type is Gpu or IntegratedGpu,
                (long)free,
                (long)total)
            {
                IsIntegrated = type == IntegratedGpu,
            });
        }

        return devices;
    }

    private static bool SameLibrary(string path, LlamaLibraryChoice choice)
    {
        var full = Path.GetFullPath(path);
        return full == choice.LibraryFile || full.TrimEnd(Path.DirectorySeparatorChar) == choice.Directory;
    }

    private static string LoadLibraries(LlamaLibraryChoice choice)
    {
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);
        try
        {
            Libraries[LlamaApi.Library] = NativeLibrary.Load(choice.LibraryFile);
            Libraries[GgmlApi.Library] = LoadSibling(choice, "ggml.");
            Libraries[GgmlApi.BaseLibrary] = LoadSibling(choice, "ggml-base.");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new LlamaException($"'{choice.LibraryFile}' does not load: {e.Message.ReplaceLineEndings(" ").Trim()}. Restore it again (delete the folder native/*/node_modules and build), or name a build for this system in Agent:Native:LibraryPath.", e);
        }

        string version;
        try
        {
            version = Text(LlamaApi.Version());
        }
        catch (EntryPointNotFoundException e)
        {
            throw OtherVersion(choice, "a version without llama_version", e);
        }

        // Structures are passed by value and change between releases, so a library of another version corrupts memory.
        return SupportedVersions.Any(v => version == v || version.StartsWith(v + "-", StringComparison.Ordinal))
            ? version
            : throw OtherVersion(choice, $"version {version}", null);
    }

    private static LlamaException OtherVersion(LlamaLibraryChoice choice, string found, Exception? inner) =>
        new($"'{choice.LibraryFile}' is llama.cpp {found}; this program is built for {string.Join(" and ", SupportedVersions)}. Name a library of one of these in Agent:Native:LibraryPath, or leave it empty.", inner);

    private static nint LoadSibling(LlamaLibraryChoice choice, string stem)
    {
        var file = Directory.EnumerateFiles(choice.Directory)
            .Where(f => Path.GetFileName(f).Replace("lib", string.Empty, StringComparison.Ordinal).StartsWith(stem, StringComparison.Ordinal))
            .OrderBy(f => f, StringComparer.Ordinal)
            .FirstOrDefault();
        return file is null
            ? throw new LlamaException($"'{choice.Directory}' holds no {stem.TrimEnd('.')} library beside '{Path.GetFileName(choice.LibraryFile)}'. Restore the package again, or name a complete folder in Agent:Native:LibraryPath.")
            : NativeLibrary.Load(file);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        Libraries.TryGetValue(name, out var handle) ? handle : 0;

    private static bool HasVulkanLoader() =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "vulkan-1.dll" : "libvulkan.so.1", out _);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "llama.cpp {Version}, {Backend} build {File}: {Reason}")]
    private static partial void LogChoice(ILogger logger, string version, LlamaBackend backend, string file, string reason);
}
