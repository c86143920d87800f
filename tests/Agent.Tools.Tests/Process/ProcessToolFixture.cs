using Agent.Tools.Programs;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Process;

/// <summary>Tools of <c>kind: process</c> in a folder of their own.</summary>
internal sealed class ProcessToolFixture : IDisposable
{
    private static readonly string SearchPath = Environment.GetEnvironmentVariable("PATH")!;

    public string Folder { get; } = Directory.CreateTempSubdirectory("agent-process-").FullName;

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["PATH"] = SearchPath };

    public CapturingLoggerFactory Log { get; } = new();

    /// <summary>The interpreter itself: a version manager's stand-in is a slow shell script.</summary>
    public static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : new ProgramSearch(SearchPath).Find("python3") ?? "python3";

    /// <summary>A builder over one tool named "run".</summary>
    public ToolRegistryBuilder Builder(string options, string parameters = "", string limits = "timeout: 15s", bool allowed = true, TimeProvider? time = null) =>
        new ToolRegistryBuilder { AllowProcesses = allowed, Environment = Variables.GetValueOrDefault, TimeProvider = time ?? TimeProvider.System, LoggerFactory = Log }.AddText(
            $$"""
            version: 1
            tools:
              - name: run
                kind: process
                description: Run it
                parameters: { type: object, properties: { {{parameters}} } }
                limits: { {{limits}} }
                options:
                  {{options.ReplaceLineEndings("\n      ")}}
            """,
            Path.Combine(Folder, "tools.yaml"));

    public Task<ToolRegistry> BuildAsync(string options, string parameters = "", string limits = "timeout: 15s", TimeProvider? time = null) =>
        Builder(options, parameters, limits, time: time).BuildAsync();

    public async Task<string> RunAsync(string options, string parameters = "", string arguments = "{}", string limits = "timeout: 15s")
    {
        await using var registry = await BuildAsync(options, parameters, limits);
        return await registry.CallAsync("run", arguments);
    }

    public async Task<string> FailAsync(string options, string parameters = "", string arguments = "{}", string limits = "timeout: 15s")
    {
        await using var registry = await BuildAsync(options, parameters, limits);
        return await registry.FailAsync("run", arguments);
    }

    /// <summary>The problems, without the folder of the file.</summary>
    public async Task<string[]> ProblemsAsync(string options, string parameters = "", bool allowed = true) =>
        [.. (await Builder(options, parameters, allowed: allowed).ProblemsAsync()).Select(problem => problem.Replace(Folder + "/", string.Empty, StringComparison.Ordinal))];

    /// <summary>A file of the folder that may be run.</summary>
    public string WriteProgram(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return file;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
