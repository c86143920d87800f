using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp.Serving;

/// <summary>Carries out the calls of clients. Thread-safe.</summary>
internal sealed partial class McpToolCalls(ToolRegistry registry, McpServingOptions options, ILogger logger)
{
    private static readonly Dictionary<string, JsonElement> NoArguments = [];

    private const string StoppedByItself = "The tool stopped before it had a result, e.g. because it took too long. Try once more or answer without it.";

    /// <summary>Calls a tool; whatever goes wrong inside it is a result that the client's model can read.</summary>
    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    /// <exception cref="OperationCanceledException">The client cancelled the call.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A function may throw anything, and none of it may reach the client as it is.")]
    internal async ValueTask<CallToolResult> CallAsync(CallToolRequestParams? call, CancellationToken cancellationToken)
    {
        if (call?.Name is null || !registry.TryGet(call.Name, out var tool))
        {
            throw Unknown(call?.Name ?? string.Empty);
        }

        try
        {
            if (!options.ClientAsksForApproval && tool.RequiresApproval(JsonSerializer.SerializeToElement(call.Arguments ?? NoArguments, McpJsonUtilities.DefaultOptions)))
            {
                return McpToolResults.Failure($"'{tool.Name}' needs the approval of a person, which this server cannot ask for. Answer without it, and say so.");
            }

            return McpToolResults.Success(await tool.InvokeAsync(Arguments(call.Arguments), cancellationToken).ConfigureAwait(false), tool, Mask);
        }
        catch (ToolException exception)
        {
            return McpToolResults.Failure(Mask(exception.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return McpToolResults.Failure(StoppedByItself);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogThrew(logger, tool.Name, exception.GetType().Name);
            LogThrewSensitive(logger, tool.Name, exception);
            return McpToolResults.Failure($"The tool '{tool.Name}' failed. Try another way or answer without it.");
        }
    }

    private string Mask(string text) => registry.Mask.BeforeModel ? registry.Mask.Mask(text) : text;

    private AIFunctionArguments Arguments(IDictionary<string, JsonElement>? values)
    {
        var arguments = new AIFunctionArguments { Services = options.Services };
        foreach (var (name, value) in values ?? NoArguments)
        {
            arguments[name] = value;
        }

        // The client's own request ids start anew with each connection, so they cannot tell repeated calls from new ones.
        var id = $"mcp-{Guid.NewGuid():N}";
        new ToolCallContext(id, id).AddTo(arguments);
        return arguments;
    }

    private McpProtocolException Unknown(string name)
    {
        var hint = NearestName.Find(name, registry.Tools.Select(tool => tool.Name)) is { } nearest
            ? $"Did you mean '{nearest}'?"
            : "Call tools/list for the tools there are.";
        return new McpProtocolException($"There is no tool '{SingleLine.Of(name)}'. {hint}", McpErrorCode.InvalidParams);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} threw {Exception}; the client was told only that it failed")]
    private static partial void LogThrew(ILogger logger, string tool, string exception);

    [LoggerMessage(Level = LogLevel.Trace, Message = "What tool {Tool} threw")]
    private static partial void LogThrewSensitive(ILogger logger, string tool, Exception exception);
}
