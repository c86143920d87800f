using System.CommandLine;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Tools.Registry;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent tools list</c>.</summary>
internal static class ToolsListCommand
{
    private const string BuiltIn = "code";

    public static Command Create(CommandRunner runner)
    {
        var command = new Command("list", "List the tools with their limits; with --json also their schemas.");
        command.SetAction((parsed, _) => runner.RunAsync(parsed, ExecuteAsync));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using var registry = await AgentDefinitions.LoadToolsAsync(context.LoadSettings(), context.RuntimeOptions(), cancellationToken);
        if (context.IsJson)
        {
            context.Json.Write(json => Write(json, registry));
        }
        else
        {
            context.Terminal.Out.Write(ToTable(registry, context.Environment.Streams.IsOutputRedirected));
        }

        return ExitCodes.Success;
    }

    private static Table ToTable(ToolRegistry registry, bool plain)
    {
        var table = new Table().Border(plain ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("name", "kind", "timeout", "effects", "approval", "retries", "at once", "result", "description");
        foreach (var tool in registry.Tools)
        {
            table.AddRow(
                Markup.Escape(tool.Name),
                Markup.Escape(tool.Definition?.Kind ?? BuiltIn),
                DurationValue.Format(tool.Limits.Timeout),
                EffectsName(tool),
                Markup.Escape(tool.Approval.ToString()),
                tool.IsIdempotent ? $"{tool.Limits.Retries}" : "0",
                $"{tool.Limits.Concurrency}",
                $"{tool.Limits.MaxResultBytes:N0} bytes",
                Markup.Escape(Terminal.TerminalText.Clean(tool.Description.Split('\n', 2)[0])));
        }

        return table;
    }

    private static void Write(Utf8JsonWriter json, ToolRegistry registry)
    {
        json.WriteStartArray("tools"u8);
        foreach (var tool in registry.Tools)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description);
            json.WriteString("kind"u8, tool.Definition?.Kind ?? BuiltIn);
            json.WriteBoolean("idempotent"u8, tool.IsIdempotent);
            json.WriteString("effects"u8, EffectsName(tool));
            json.WriteString("approval"u8, tool.Approval.ToString());
            json.WritePropertyName("parameters"u8);
            tool.JsonSchema.WriteTo(json);
            Write(json, "limits", tool.Limits);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "default_limits", new ToolLimits());
    }

    private static string EffectsName(RegisteredTool tool) => tool.Effects == ToolEffects.Write ? "write" : "read";

    /// <summary>A limit that may be lifted, as the file has it.</summary>
    private static void WriteOptional(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteBoolean(name, value: false);
        }
    }

    /// <summary>The limits under the names of the tool file.</summary>
    private static void Write(Utf8JsonWriter json, string name, ToolLimits limits)
    {
        json.WriteStartObject(name);
        json.WriteString("timeout"u8, DurationValue.Format(limits.Timeout));
        json.WriteString("attempt_timeout"u8, DurationValue.Format(limits.AttemptTimeout ?? limits.Timeout));
        json.WriteNumber("retries"u8, limits.Retries);
        json.WriteNumber("concurrency"u8, limits.Concurrency);
        WriteOptional(json, "rate_per_minute", limits.RatePerMinute);
        WriteOptional(json, "calls_per_turn", limits.CallsPerTurn);
        json.WriteNumber("max_result_bytes"u8, limits.MaxResultBytes);
        if (limits.CircuitBreaker is { } breaker)
        {
            json.WriteStartObject("circuit_breaker"u8);
            json.WriteNumber("failures"u8, breaker.Failures);
            json.WriteString("window"u8, DurationValue.Format(breaker.Window));
            json.WriteString("break"u8, DurationValue.Format(breaker.Break));
            json.WriteEndObject();
        }
        else
        {
            json.WriteBoolean("circuit_breaker"u8, false);
        }

        json.WriteEndObject();
    }
}
