using Agent.Core.Agents.Approvals;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>
/// The calls that an earlier run left waiting for approval: carried out, refused or left waiting, as somebody has answered,
/// before the model is asked. Used by the reader of the run only.
/// </summary>
/// <param name="approvals">The calls, answered or not.</param>
/// <param name="tools">Carries them out; belongs to this object from now on.</param>
/// <param name="cancellation">What ends the run before its time.</param>
internal sealed class ResumedCalls(IReadOnlyList<OpenApproval> approvals, ToolTurn tools, RunCancellation cancellation) : IDisposable
{
    private bool _started;

    /// <summary>Whether somebody agreed to any of them.</summary>
    public bool AnyApproved => approvals.Any(approval => approval.Decision == ApprovalDecision.Approved);

    /// <summary>The remarks of the results, each once.</summary>
    public IEnumerable<string> Notices => tools.Notices;

    /// <summary>The calls that the caller carries out.</summary>
    public IReadOnlyList<FunctionCallContent> Unanswered => tools.Unanswered;

    /// <summary>The calls that go on waiting for a person.</summary>
    public IReadOnlyList<ToolApprovalRequestContent> PendingApprovals => tools.PendingApprovals;

    /// <summary>Goes on until there is something to report or all that may be carried out has its result.</summary>
    /// <param name="events">Receives what happened; empty when called.</param>
    /// <returns>Whether they have ended.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled the run.</exception>
    public async Task<bool> AdvanceAsync(Queue<AgentEvent> events)
    {
        if (!_started)
        {
            Start(events);
            return false;
        }

        tools.Report(events);
        if (events.Count > 0)
        {
            return false;
        }

        Task[] running = [.. tools.Running];
        if (running.Length > 0 && !cancellation.IsRequested)
        {
            await Task.WhenAny([cancellation.Requested, .. running]).ConfigureAwait(false);
            return false;
        }

        if (running.Length > 0)
        {
            // What nobody has answered is not lost to the time limit: the request still stands in the transcript.
            cancellation.ThrowIfCallerCancelled();
            await tools.StopRunningAsync(ToolResultTexts.TimeLimit).ConfigureAwait(false);
            tools.Report(events);
        }

        return true;
    }

    /// <summary>Ends them before any was carried out. An approved call is answered: nobody expects it in answer to another question.</summary>
    /// <param name="reason">Why they are not carried out, in words for the model.</param>
    /// <param name="events">Receives what happened.</param>
    public void Refuse(string reason, Queue<AgentEvent> events)
    {
        tools.Close(reason);
        Start(events);
        tools.Report(events);
    }

    /// <summary>Stops what runs, and gives every call that still has none an outcome.</summary>
    /// <param name="reason">Why, in words for the model.</param>
    public Task StopAsync(string reason) => tools.StopAsync(reason);

    /// <inheritdoc cref="ToolTurn.ToMessage"/>
    public ChatMessage? ToMessage() => tools.ToMessage();

    public void Dispose() => tools.Dispose();

    private void Start(Queue<AgentEvent> events)
    {
        _started = true;
        foreach (var approval in approvals)
        {
            tools.Resume(approval, events);
        }
    }
}
