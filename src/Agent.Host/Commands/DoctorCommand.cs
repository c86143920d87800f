using System.CommandLine;
using Agent.Host.Diagnostics;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent doctor</c>: checks everything an answer needs.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("doctor", "Check library, machine, model, tools, prompts and configuration; each problem comes with its fix.");
        command.SetAction((parsed, _) => runner.RunAsync(parsed, ExecuteAsync));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, CancellationToken cancellationToken)
    {
        List<DoctorCheck> checks = [];
        await using (var indicator = new ActivityIndicator(context.Terminal))
        {
            indicator.Show("checking");
            await foreach (var check in new Doctor(context.LoadSettings, context.RuntimeOptions()).ExamineAsync(cancellationToken))
            {
                checks.Add(check);
            }
        }

        var failed = checks.Where(check => check.Status == DoctorStatus.Fail).ToList();
        if (context.IsJson)
        {
            Write(context.Json, checks);
        }
        else
        {
            Write(context.Terminal, checks);
        }

        return failed.Count == 0 ? ExitCodes.Success : failed[0].ExitCode;
    }

    private static void Write(ConsoleTerminal terminal, List<DoctorCheck> checks)
    {
        var width = checks.Max(check => check.Name.Length);
        foreach (var check in checks)
        {
            var (word, colour) = check.Status switch
            {
                DoctorStatus.Ok => ("ok  ", Color.Green),
                DoctorStatus.Warn => ("warn", Color.Yellow),
                _ => ("FAIL", Color.Red),
            };
            terminal.Out.Write(new Text(word, new Style(colour)));
            terminal.WriteAnswer($"  {check.Name.PadRight(width)}  {check.Detail.ReplaceLineEndings("\n" + new string(' ', width + 8))}\n");
            if (check.Fix is { } fix)
            {
                terminal.WriteAnswer($"{new string(' ', width + 8)}fix: {fix}\n");
            }
        }
    }

    private static void Write(JsonLines lines, List<DoctorCheck> checks) => lines.Write(json =>
    {
        json.WriteBoolean("ok"u8, checks.TrueForAll(check => check.Status != DoctorStatus.Fail));
        json.WriteStartArray("checks"u8);
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, check.Name);
            json.WriteString("status"u8, check.Status switch { DoctorStatus.Ok => "ok", DoctorStatus.Warn => "warn", _ => "fail" });
            json.WriteString("detail"u8, check.Detail);
            json.WriteString("fix"u8, check.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
