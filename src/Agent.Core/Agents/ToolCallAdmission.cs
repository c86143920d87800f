using System.Text.Json;
using Agent.Core.Names;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Decides what becomes of each call of a run: run it, hand it to the caller, or answer it with an error.</summary>
internal sealed class ToolCallAdmission(ToolCatalog catalog, AgentLimits limits)
{
    private readonly RepeatedCallBreaker _breaker = new(limits.MaxRepeatedCalls);

    /// <inheritdoc cref="RepeatedCallBreaker.Tripped"/>
    public bool BreakerTripped => _breaker.Tripped;

    /// <summary>Decides about the next call of a turn.</summary>
    /// <param name="content">The call.</param>
    /// <param name="callsBefore">The number of calls of the turn before it.</param>
    /// <param name="closed">Why no call of this turn is carried out, in words for the model; null where calls are.</param>
    /// <returns>A call with a function to run, with an outcome, or with neither where it is the caller's.</returns>
    public ToolCall Admit(FunctionCallContent content, int callsBefore, string? closed)
    {
        var readable = ToolCallArguments.TryRead(content, out var arguments, out var problem);
        if (closed is not null)
        {
            return Refuse(content, arguments, ToolFailureKind.NotExecuted, closed);
        }

        if (callsBefore >= limits.MaxToolCallsPerRound)
        {
            return Refuse(content, arguments, ToolFailureKind.TooManyCalls, ToolResultTexts.TooManyCalls(limits.MaxToolCallsPerRound));
        }

        if (!readable)
        {
            return Refuse(content, arguments, ToolFailureKind.MalformedCall, ToolResultTexts.MalformedCall(problem!));
        }

        if (!_breaker.Allows(content.Name, arguments))
        {
            return Refuse(content, arguments, ToolFailureKind.RepeatedCall, ToolResultTexts.RepeatedCall(limits.MaxRepeatedCalls));
        }

        if (catalog.Find(content.Name) is not { } entry)
        {
            var suggestion = NearestName.Find(content.Name, catalog.Names);
            return Refuse(content, arguments, ToolFailureKind.UnknownTool, ToolResultTexts.UnknownTool(content.Name, suggestion, catalog.Names));
        }

        return entry.Validate(arguments) is { Count: > 0 } violations
            ? Refuse(content, arguments, ToolFailureKind.InvalidArguments, ToolResultTexts.InvalidArguments(content.Name, violations))
            : new(content, arguments, CompactJson.Write(arguments)) { Function = entry.Function };
    }

    private static ToolCall Refuse(FunctionCallContent content, JsonElement arguments, ToolFailureKind kind, string message)
    {
        var call = new ToolCall(content, arguments, CompactJson.Write(arguments));
        call.TrySettle(ToolOutcome.Failed(kind, message), TimeSpan.Zero);
        return call;
    }
}
