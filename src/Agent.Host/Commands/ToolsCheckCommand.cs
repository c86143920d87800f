using System.CommandLine;
using Agent.Host.Composition;
using Agent.Host.Terminal;
using Agent.Tools.Registry;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent tools check</c>.</summary>
internal static class ToolsCheckCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("check", "Check the tool file and show every problem at once; exit code 2 where there is any.");
        command.SetAction((parsed, _) => runner.RunAsync(parsed, ExecuteAsync));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var settings = context.LoadSettings();
        var file = settings.Resolve(settings.ToolsFile).Full;
        IReadOnlyList<ToolProblem> problems = [];
        var count = 0;
        try
        {
            await using var registry = await AgentDefinitions.LoadToolsAsync(settings, context.RuntimeOptions(), cancellationToken);
            count = registry.Tools.Count;
        }
        catch (ToolsFileException e)
        {
            problems = e.Problems;
        }

        if (context.IsJson)
        {
            Write(context.Json, file, count, problems);
        }
        else
        {
            Write(context.Terminal, file, count, problems);
        }

        return problems.Count == 0 ? ExitCodes.Success : ExitCodes.Usage;
    }

    private static void Write(ConsoleTerminal terminal, string file, int count, IReadOnlyList<ToolProblem> problems)
    {
        foreach (var problem in problems)
        {
            terminal.WriteNotice(problem.ToString(), new Style(Color.Red));
        }

        if (problems.Count == 0)
        {
            terminal.WriteAnswer($"{file}: {count} {(count == 1 ? "tool" : "tools")}, no problems\n");
        }
        else
        {
            terminal.WriteNotice($"{file}: {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}");
        }
    }

    private static void Write(JsonLines lines, string file, int count, IReadOnlyList<ToolProblem> problems) => lines.Write(json =>
    {
        json.WriteBoolean("ok"u8, problems.Count == 0);
        json.WriteString("file"u8, file);
        json.WriteNumber("tools"u8, count);
        json.WriteStartArray("problems"u8);
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("file"u8, problem.File);
            json.WriteNumber("line"u8, problem.Line);
            json.WriteNumber("column"u8, problem.Column);
            json.WriteString("message"u8, problem.Message);
            json.WriteString("fix"u8, problem.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
