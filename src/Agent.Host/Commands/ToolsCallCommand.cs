using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Host.Composition;
using Agent.Host.Terminal;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Host.Commands;

/// <summary>
/// <c>agent tools call</c>: one call, through the same checks and limits as a call of the model. Whoever types it has decided: nobody is asked, and
/// the ledger, which tells repetitions of a run from new wishes, has no say.
/// </summary>
internal static class ToolsCallCommand
{
    private const string CallId = "call_1";
    private static readonly JsonSerializerOptions Relaxed = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    public static Command Create(CommandRunner runner)
    {
        var name = new Argument<string>("name") { Description = "The tool's name." };
        var arguments = new Option<string>("--args")
        {
            Description = "The arguments, a JSON object.",
            HelpName = "JSON",
            DefaultValueFactory = _ => "{}",
        };
        var command = new Command("call", "Call a tool; the arguments are validated, and the limits of the tool hold. Nobody is asked for approval.") { name, arguments };
        command.SetAction((parsed, _) => runner.RunAsync(
            parsed, (context, cancellationToken) => ExecuteAsync(context, parsed.GetRequiredValue(name), parsed.GetRequiredValue(arguments), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, string name, string arguments, CancellationToken cancellationToken)
    {
        await using var registry = await AgentDefinitions.LoadToolsAsync(context.LoadSettings(), context.RuntimeOptions(), cancellationToken);
        var tool = Find(registry, name);
        var call = Parse(arguments);
        var time = context.Environment.Time;
        var started = time.GetTimestamp();
        var (succeeded, content) = await CallAsync(tool, call, cancellationToken);
        if (context.IsJson)
        {
            context.Json.WriteToolResult(CallId, name, succeeded, time.GetElapsedTime(started), content);
        }
        else if (succeeded)
        {
            context.Terminal.WriteAnswer(content + "\n");
        }
        else
        {
            context.Terminal.WriteNotice($"error: {content}", new Spectre.Console.Style(Spectre.Console.Color.Red));
        }

        return succeeded ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static RegisteredTool Find(ToolRegistry registry, string name)
    {
        if (registry.TryGet(name, out var tool))
        {
            return tool;
        }

        var names = registry.Tools.Select(t => t.Name).ToList();
        throw new UsageException(NearestName.Find(name, names) is { } nearest
            ? $"There is no tool '{name}'. Did you mean '{nearest}'?"
            : $"There is no tool '{name}'. The tools are: {(names.Count == 0 ? "none" : string.Join(", ", names))}.");
    }

    private static AIFunctionArguments Parse(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new AIFunctionArguments(document.RootElement.EnumerateObject().ToDictionary(p => p.Name, object? (p) => p.Value.Clone(), StringComparer.Ordinal));
            }
        }
        catch (JsonException e)
        {
            throw new UsageException($"--args is not JSON: {e.Message.TrimEnd('.')}. Write an object, such as --args '{{\"city\":\"Paris\"}}'.");
        }
        catch (ArgumentException)
        {
            throw new UsageException("--args names one argument twice. Remove one of the two.");
        }

        throw new UsageException("--args is not a JSON object. Write one, such as --args '{\"city\":\"Paris\"}'.");
    }

    private static async Task<(bool Succeeded, string Content)> CallAsync(RegisteredTool tool, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            return (true, Render(await tool.InvokeAsync(arguments, cancellationToken)));
        }
        catch (ToolException e)
        {
            return (false, e.Message);
        }
    }

    private static string Render(object? result) => result switch
    {
        null or JsonElement { ValueKind: JsonValueKind.Undefined } => "null",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        TextContent text => text.Text,
        _ => JsonSerializer.Serialize(result, Relaxed),
    };
}
