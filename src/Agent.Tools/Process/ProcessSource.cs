using Agent.Core.Agents;
using Agent.Tools.Programs;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Process;

/// <summary>Looks for the program and what goes with it, and makes the function.</summary>
internal sealed class ProcessSource(ToolDefinition definition, ProcessOptions options, ToolKindContext context) : IToolSource
{
    private const long Megabyte = 1_048_576;

    public ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken)
    {
        var searchPath = context.Environment("PATH") ?? context.Environment("Path");
        var missing = new List<string>();
        var command = Command(searchPath, missing);
        var cap = Cap(searchPath, missing);
        if (!Directory.Exists(options.WorkingDirectory))
        {
            missing.Add($"There is no folder \"{options.WorkingDirectory}\"; check \"cwd\"");
        }

        if (missing.Count > 0)
        {
            throw new ToolException(string.Join(". ", missing));
        }

        // A session of its own makes all that the program starts findable later, and keeps it from asking on the user's terminal.
        var session = OperatingSystem.IsLinux() ? new ProgramSearch(searchPath).Find("setsid") : null;
        var program = new ProgramRunner(
            definition.Name,
            [.. session is null ? [] : new[] { session }, .. cap, command],
            ownsSession: session is not null,
            options,
            context.TimeProvider,
            context.LoggerFactory.CreateLogger<ProgramRunner>());
        context.DisposeWithRegistry(program);
        return ValueTask.FromResult<IReadOnlyList<CreatedTool>>([new CreatedTool(new ProcessFunction(definition, options, program))]);
    }

    private string Command(string? searchPath, List<string> missing)
    {
        try
        {
            return CommandLookup.Find(options.Command, searchPath, OperatingSystem.IsWindows());
        }
        catch (ToolException exception)
        {
            missing.Add(exception.Message);
            return string.Empty;
        }
    }

    private string[] Cap(string? searchPath, List<string> missing)
    {
        if (options.MaxMemoryMegabytes is not { } megabytes)
        {
            return [];
        }

        if (OperatingSystem.IsLinux() && new ProgramSearch(searchPath).Find("prlimit") is { } prlimit)
        {
            return [prlimit, $"--as={megabytes * Megabyte}"];
        }

        missing.Add("\"max_memory_mb\" cannot be enforced here: it needs Linux and the program prlimit (util-linux); install it, or remove the option");
        return [];
    }
}
