using System.Text.Json;
using Agent.Core.Agents.Approvals;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>The tool calls of one model turn. Used by the reader of the run only; the tools themselves run on the pool.</summary>
internal sealed class ToolTurn : IDisposable
{
    private readonly ToolCallAdmission _admission;
    private readonly ToolCallRunner _runner;
    private readonly AgentRunPlan _plan;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StopSource _stop;
    private readonly List<ToolCall> _calls = [];
    private string? _closed;

    // The run's own token ends tools only at the time limit: in every other case nobody reads the transcript.
    private string _stopText = ToolResultTexts.TimeLimit;

    public ToolTurn(
        ToolCallAdmission admission,
        ToolCallRunner runner,
        AgentRunPlan plan,
        TimeProvider time,
        ILogger logger,
        CancellationToken runToken)
    {
        _admission = admission;
        _runner = runner;
        _plan = plan;
        _grace = plan.Limits.CancellationGrace;
        _time = time;
        _logger = logger;
        _stop = new(logger, runToken);
    }

    public bool HasCalls => _calls.Count > 0;

    /// <summary>The executions that are still awaited.</summary>
    public IEnumerable<Task> Running => _calls.Where(c => c.Outcome is null && c.Runs).Select(c => c.Execution);

    /// <summary>The calls that nobody has answered: those that the caller carries out, once no execution is awaited.</summary>
    public IReadOnlyList<FunctionCallContent> Unanswered => [.. _calls.Where(c => c.Outcome is null && c.Approval is null).Select(c => c.Content)];

    /// <summary>The calls that wait for a person.</summary>
    public IReadOnlyList<ToolApprovalRequestContent> PendingApprovals => [.. _calls.Where(c => c.Outcome is null).Select(c => c.Approval).OfType<ToolApprovalRequestContent>()];

    /// <summary>The remarks of the results, each once.</summary>
    public IEnumerable<string> Notices => _calls.Select(c => c.Outcome?.Notice).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Answers every further call of this turn with an error instead of carrying it out; what waits for a person goes on waiting.</summary>
    public void Close(string reason) => _closed = reason;

    /// <summary>Takes the next call of the turn and starts it where it may run.</summary>
    public void Receive(FunctionCallContent content, int round, Queue<AgentEvent> events) =>
        Take(_admission.Admit(content, _calls.Count, _closed), round, ToolIdempotencyKey.OfCall(_plan.RunId, content.CallId), events);

    /// <summary>Takes a call that an earlier run left waiting for approval.</summary>
    public void Resume(OpenApproval approval, Queue<AgentEvent> events)
    {
        var content = approval.Call;
        var call = approval.Decision switch
        {
            ApprovalDecision.Approved when _closed is not null => ToolCallAdmission.Refuse(content, ToolFailureKind.NotExecuted, _closed),
            ApprovalDecision.Approved => _admission.AdmitResumed(content, unanswered: null),
            ApprovalDecision.Declined => _admission.Decline(content, approval.Reason),
            ApprovalDecision.Withdrawn => ToolCallAdmission.Refuse(content, ToolFailureKind.Declined, ToolResultTexts.Withdrawn),
            _ => _admission.AdmitResumed(content, approval.Request),
        };
        Take(call, round: 0, ToolIdempotencyKey.OfApproval(approval.Request.RequestId), events);
    }

    private void Take(ToolCall call, int round, string idempotencyKey, Queue<AgentEvent> events)
    {
        var content = call.Content;
        _calls.Add(call);
        var shown = _plan.Mask?.Mask(call.ArgumentsJson) ?? call.ArgumentsJson;
        events.Enqueue(new AgentToolCallRequested(content.CallId, content.Name, shown == call.ArgumentsJson ? call.Arguments : JsonElement.Parse(shown), shown));
        if (_logger.IsEnabled(LogLevel.Trace))
        {
            AgentLog.CallSensitive(_logger, ToolName.ForDisplay(content.CallId), ToolName.ForDisplay(content.Name), shown);
        }

        if (call.Outcome is null && call.Approval is { } request)
        {
            events.Enqueue(new AgentApprovalRequested(request));
        }
        else if (call.Outcome is null && call.Function is { } function)
        {
            var invocation = new ToolInvocation(function, content.CallId, call.Arguments, round) { IdempotencyKey = idempotencyKey, RunState = _plan.RunState, Services = _plan.Services };
            _runner.Start(call, invocation, () => Volatile.Read(ref _stopText), _stop.Token);
        }
    }

    /// <summary>Reports calls that got their outcome since the last time.</summary>
    public void Report(Queue<AgentEvent> events)
    {
        foreach (var call in _calls)
        {
            if (call.Reported || call.Outcome is not { } outcome)
            {
                continue;
            }

            call.Reported = true;
            outcome = outcome with { Content = _plan.Mask?.Mask(outcome.Content) ?? outcome.Content };
            Log(call, outcome);
            events.Enqueue(new AgentToolCallFinished(
                call.Content.CallId, call.Content.Name, outcome.Succeeded, call.Duration, outcome.Content, outcome.Failure));
        }
    }

    /// <summary>Stops what runs, and gives every call that still has none an outcome.</summary>
    /// <param name="reason">Why, in words for the model.</param>
    public async Task StopAsync(string reason)
    {
        await StopRunningAsync(reason).ConfigureAwait(false);
        foreach (var call in _calls)
        {
            call.TrySettle(ToolOutcome.Failed(ToolFailureKind.NotExecuted, reason), TimeSpan.Zero);
        }
    }

    /// <summary>Cancels what runs, waits for it within the grace, and gives it an outcome. What waits for a person or for the caller goes on waiting.</summary>
    /// <param name="reason">Why, in words for the model.</param>
    public async Task StopRunningAsync(string reason)
    {
        Volatile.Write(ref _stopText, reason);
        _closed = reason;
        Task[] running = [.. Running];
        if (running.Length > 0)
        {
            // The callbacks are the tools' own code, so waiting for them is bounded like waiting for the tools.
            var cancelling = _stop.CancelAsync();
            await CancellationGrace.EndsWithinAsync(Task.WhenAll([cancelling, .. running]), _grace, _time).ConfigureAwait(false);
        }

        foreach (var call in _calls)
        {
            if (call.Runs && call.TrySettle(ToolOutcome.Failed(ToolFailureKind.Cancelled, reason), TimeSpan.Zero))
            {
                AgentLog.ToolAbandoned(_logger, ToolName.ForDisplay(call.Content.Name), _grace);
            }
        }
    }

    /// <summary>
    /// The results in call order, one message for all, as <c>FunctionInvokingChatClient</c> has it; null where there are none.
    /// </summary>
    public ChatMessage? ToMessage()
    {
        List<AIContent> results = [];
        foreach (var call in _calls)
        {
            if (call.Outcome is { } outcome)
            {
                results.Add(new FunctionResultContent(call.Content.CallId, outcome.Content));
            }
        }

        return results.Count == 0 ? null : new ChatMessage(ChatRole.Tool, results);
    }

    public void Dispose() => _stop.Dispose();

    private void Log(ToolCall call, ToolOutcome outcome)
    {
        var tool = ToolName.ForDisplay(call.Content.Name);
        var milliseconds = (long)call.Duration.TotalMilliseconds;
        if (outcome.Failure is not { } kind)
        {
            AgentLog.ToolFinished(_logger, tool, milliseconds);
        }
        else if (call.Function is null)
        {
            AgentLog.CallRefused(_logger, tool, kind);
        }
        else
        {
            AgentLog.ToolFailed(_logger, tool, milliseconds, kind);
        }

        if (_logger.IsEnabled(LogLevel.Trace))
        {
            AgentLog.ResultSensitive(_logger, ToolName.ForDisplay(call.Content.CallId), tool, CompactJson.Quote(outcome.Content));
        }
    }
}
