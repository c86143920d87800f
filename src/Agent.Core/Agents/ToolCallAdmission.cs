using System.Text.Json;
using Agent.Core.Names;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Decides what becomes of each call of a run: run it, ask a person, hand it to the caller, or answer it with an error.</summary>
/// <param name="catalog">The functions that may be called.</param>
/// <param name="limits">The run's limits.</param>
/// <param name="progress">What the run has used up of them, earlier parts included.</param>
internal sealed class ToolCallAdmission(ToolCatalog catalog, AgentLimits limits, RunProgress progress)
{
    private readonly RepeatedCallBreaker _breaker = new(limits.MaxRepeatedCalls, progress.Repetitions);

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

        var key = ToolCallKey.Of(content.Name, arguments);
        if (!_breaker.Allows(key))
        {
            return Refuse(content, arguments, ToolFailureKind.RepeatedCall, ToolResultTexts.RepeatedCall(limits.MaxRepeatedCalls));
        }

        var call = Check(content, arguments, out var entry);

        // Whoever said no is not asked the same thing again while the model answers that very no.
        if (call.Outcome is null && progress.Declined.Contains(key))
        {
            return Refuse(content, arguments, ToolFailureKind.Declined, ToolResultTexts.Declined(reason: null));
        }

        if (call.Outcome is null && entry?.Policy is { } policy)
        {
            call = Admit(call, key, policy);
        }

        return call.Outcome is null && entry?.RequiresApproval(arguments) is true
            ? call.WaitForApproval()
            : call;
    }

    /// <summary>Takes note of a call of an earlier run that a person declined.</summary>
    /// <returns>The call with that outcome.</returns>
    public ToolCall Decline(FunctionCallContent content, string? reason)
    {
        if (ToolCallArguments.TryRead(content, out var arguments, out _))
        {
            var key = ToolCallKey.Of(content.Name, arguments);
            progress.Declined.Add(key);
            progress.Uncount(content.CallId, key);
        }

        return Refuse(content, arguments, ToolFailureKind.Declined, ToolResultTexts.Declined(reason));
    }

    /// <summary>Decides about a call of an earlier run that waited for a person. The tool may have changed or gone in the meantime.</summary>
    /// <param name="content">The call.</param>
    /// <param name="unanswered">The request that the call goes on waiting for; null where a person agreed.</param>
    public ToolCall AdmitResumed(FunctionCallContent content, ToolApprovalRequestContent? unanswered)
    {
        if (!ToolCallArguments.TryRead(content, out var arguments, out var problem))
        {
            return Refuse(content, arguments, ToolFailureKind.MalformedCall, ToolResultTexts.MalformedCall(problem));
        }

        var call = Check(content, arguments, out var entry);
        if (call.Outcome is not null)
        {
            return call;
        }

        if (unanswered is not null)
        {
            return call.WaitForApproval(unanswered);
        }

        // A person's consent goes before the limits, but what it lets run is counted like any other call.
        if (entry?.Policy is { } policy)
        {
            progress.Count(content.CallId, ToolCallKey.Of(content.Name, arguments), policy);
        }

        return call;
    }

    /// <summary>A call with an outcome from the start.</summary>
    public static ToolCall Refuse(FunctionCallContent content, ToolFailureKind kind, string message)
    {
        _ = ToolCallArguments.TryRead(content, out var arguments, out _);
        return Refuse(content, arguments, kind, message);
    }

    private static ToolCall Refuse(FunctionCallContent content, JsonElement arguments, ToolFailureKind kind, string message)
    {
        var call = new ToolCall(content, arguments, CompactJson.Write(arguments));
        call.TrySettle(ToolOutcome.Failed(kind, message), TimeSpan.Zero);
        return call;
    }

    /// <summary>What holds for every call: there is such a tool, and the arguments fit it.</summary>
    private ToolCall Check(FunctionCallContent content, JsonElement arguments, out ToolCatalog.Entry? entry)
    {
        entry = catalog.Find(content.Name);
        if (entry is null)
        {
            var suggestion = NearestName.Find(content.Name, catalog.Names);
            return Refuse(content, arguments, ToolFailureKind.UnknownTool, ToolResultTexts.UnknownTool(content.Name, suggestion, catalog.Names));
        }

        return entry.Validate(arguments) is { Count: > 0 } violations
            ? Refuse(content, arguments, ToolFailureKind.InvalidArguments, ToolResultTexts.InvalidArguments(content.Name, violations))
            : new(content, arguments, CompactJson.Write(arguments)) { Function = entry.Function };
    }

    /// <summary>What a tool's own policy adds. Only calls that would run are counted.</summary>
    private ToolCall Admit(ToolCall call, ToolCallKey key, IToolPolicy policy)
    {
        if (progress.HasWrite(key))
        {
            return Refuse(call.Content, call.Arguments, ToolFailureKind.RepeatedCall, ToolResultTexts.RepeatedWrite);
        }

        if (progress.CallsOf(key.Name) >= policy.MaxCallsPerRun)
        {
            return Refuse(call.Content, call.Arguments, ToolFailureKind.TooManyCalls, ToolResultTexts.ToolCallLimit(key.Name, policy.MaxCallsPerRun.Value));
        }

        progress.Count(call.Content.CallId, key, policy);
        return call;
    }
}
