namespace Agent.Core.Native;

/// <summary>Chooses a build of llama.cpp without loading one: a build that cannot run may abort the process later.</summary>
internal static class LlamaLibraryLocator
{
    /// <summary>Finds the library that the options and the machine lead to.</summary>
    /// <exception cref="LlamaException">There is none; the message says what to do.</exception>
    public static LlamaLibraryChoice Locate(LlamaRuntimeOptions options, Func<string, CudaVerdict> judgeCuda, Func<bool> hasVulkanLoader)
    {
        if (options.LibraryPath is { Length: > 0 } path)
        {
            return FromExplicitPath(path);
        }

        var builds = FindBuilds(options.SearchDirectory);
        var refusals = new List<string>();
        foreach (var (backend, file) in builds.OrderBy(b => Preference(b.Backend)).ThenBy(b => b.File, StringComparer.Ordinal))
        {
            if (options.Backend != LlamaBackend.Auto && options.Backend != backend)
            {
                continue;
            }

            var (usable, reason) = Judge(backend, file, judgeCuda, hasVulkanLoader);
            if (usable)
            {
                var because = refusals.Count == 0 ? reason : $"{reason}; {string.Join("; ", refusals)}";
                return new LlamaLibraryChoice(file, backend, because);
            }

            refusals.Add(reason);
        }

        throw NothingUsable(options, builds, refusals);
    }

    private static LlamaLibraryChoice FromExplicitPath(string path)
    {
        var full = Path.GetFullPath(path);
        if (File.Exists(full))
        {
            return new LlamaLibraryChoice(full, KindOf(Path.GetDirectoryName(full)!), "named in the configuration");
        }

        if (!Directory.Exists(full))
        {
            throw new LlamaException($"The llama.cpp library '{path}' does not exist. Correct Agent:Native:LibraryPath, or leave it empty to use the library beside the program.");
        }

        return FindLibraryFile(full) is { } file
            ? new LlamaLibraryChoice(file, KindOf(full), "its folder is named in the configuration")
            : throw new LlamaException($"The folder '{path}' holds no llama library (libllama*.so, libllama*.dylib or llama*.dll). Correct Agent:Native:LibraryPath.");
    }

    private static List<(LlamaBackend Backend, string File)> FindBuilds(string directory)
    {
        var builds = new List<(LlamaBackend, string)>();
        if (Directory.Exists(directory))
        {
            foreach (var folder in Directory.EnumerateDirectories(directory))
            {
                if (FindLibraryFile(folder) is { } file)
                {
                    builds.Add((KindOf(folder), file));
                }
            }
        }

        return builds;
    }

    private static string? FindLibraryFile(string folder) =>
        Directory.EnumerateFiles(folder)
            .Where(file => IsLlama(Path.GetFileName(file)))
            .OrderBy(file => file, StringComparer.Ordinal)
            .FirstOrDefault();

    private static bool IsLlama(string name)
    {
        var stem = name.StartsWith("lib", StringComparison.Ordinal) ? name.AsSpan(3) : name;
        var extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        return (stem.StartsWith("llama.", StringComparison.Ordinal)) && name.EndsWith(extension, StringComparison.Ordinal);
    }

    /// <summary>What a folder is for shows in the backend libraries it holds, whatever it is called.</summary>
    private static LlamaBackend KindOf(string folder)
    {
        var names = Directory.EnumerateFiles(folder).Select(Path.GetFileName).ToArray();
        bool Has(string part) => names.Any(n => n!.Contains(part, StringComparison.Ordinal));
        return Has("ggml-cuda") ? LlamaBackend.Cuda
            : Has("ggml-vulkan") ? LlamaBackend.Vulkan
            : Has("ggml-metal") ? LlamaBackend.Metal
            : LlamaBackend.Cpu;
    }

    private static int Preference(LlamaBackend backend) => backend switch
    {
        LlamaBackend.Cuda => 0,
        LlamaBackend.Metal => 1,
        LlamaBackend.Vulkan => 2,
        _ => 3,
    };

    private static (bool Usable, string Reason) Judge(LlamaBackend backend, string file, Func<string, CudaVerdict> judgeCuda, Func<bool> hasVulkanLoader)
    {
        var folder = Path.GetDirectoryName(file)!;
        switch (backend)
        {
            case LlamaBackend.Cuda:
                var verdict = judgeCuda(folder);
                return (verdict.Usable, $"{Path.GetFileName(folder)}: {verdict.Reason}");
            case LlamaBackend.Vulkan:
                return hasVulkanLoader()
                    ? (true, "a Vulkan loader is installed")
                    : (false, $"{Path.GetFileName(folder)}: no Vulkan loader is installed");
            case LlamaBackend.Metal:
                return (true, "Metal is part of macOS");
            default:
                return (true, "the CPU build runs everywhere");
        }
    }

    private static LlamaException NothingUsable(LlamaRuntimeOptions options, List<(LlamaBackend Backend, string File)> builds, List<string> refusals)
    {
        var wanted = options.Backend == LlamaBackend.Auto ? "cpu" : options.Backend.ToString().ToLowerInvariant();
        var found = builds.Count == 0 ? "nothing" : string.Join(", ", builds.Select(b => Path.GetFileName(Path.GetDirectoryName(b.File))));
        var why = refusals.Count == 0 ? string.Empty : $" Refused: {string.Join("; ", refusals)}.";
        return new LlamaException(
            $"No llama.cpp library for backend '{options.Backend}' can be used; '{options.SearchDirectory}' holds {found}.{why} " +
            $"Build with -p:LlamaBackend={wanted}, set Agent:Native:Backend to Auto, or name a library in Agent:Native:LibraryPath.");
    }
}
