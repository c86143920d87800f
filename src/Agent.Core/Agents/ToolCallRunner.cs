using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

#pragma warning disable CA1001 // The semaphore makes no wait handle, and a tool that was left behind still gives its slot back.
/// <summary>Runs the calls of one run in parallel, in call order where slots are short, and turns every end into an outcome.</summary>
internal sealed class ToolCallRunner(
    IToolInvoker invoker, AgentLimits limits, TimeProvider time, ILogger logger, ActivityContext parent)
{
    private readonly SemaphoreSlim _slots = new(limits.MaxParallelToolCalls);

    /// <summary>The time in which at least one tool ran.</summary>
    public BusyTime ToolTime { get; } = new(time);

    /// <summary>Starts a call on the pool, so that a tool that blocks holds up neither the model's stream nor other tools.</summary>
    /// <param name="call">The call; gets its outcome and its execution.</param>
    /// <param name="invocation">What to invoke.</param>
    /// <param name="stopText">What the model reads where <paramref name="cancellationToken"/> stopped the call.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public void Start(ToolCall call, ToolInvocation invocation, Func<string> stopText, CancellationToken cancellationToken)
    {
        var slot = _slots.WaitAsync(cancellationToken);
        call.Execution = Task.Run(() => ExecuteAsync(call, invocation, slot, stopText, cancellationToken), CancellationToken.None);
    }

    private async Task ExecuteAsync(
        ToolCall call, ToolInvocation invocation, Task slot, Func<string> stopText, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(call, invocation, slot, stopText, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A listener or a logger that throws must not leave a call without an outcome: the run would wait for it.
            if (call.Outcome is null)
            {
                call.TrySettle(
                    ToolOutcome.Failed(ToolFailureKind.UnexpectedError, ToolResultTexts.ToolFailed(invocation.Function.Name)), TimeSpan.Zero);
            }
        }
    }

    private async Task RunAsync(
        ToolCall call, ToolInvocation invocation, Task slot, Func<string> stopText, CancellationToken cancellationToken)
    {
        await slot.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!slot.IsCompletedSuccessfully)
        {
            call.TrySettle(ToolOutcome.Failed(ToolFailureKind.Cancelled, stopText()), TimeSpan.Zero);
            return;
        }

        var start = time.GetTimestamp();
        var outcome = await InvokeInSlotAsync(invocation, stopText, cancellationToken).ConfigureAwait(false);
        var duration = time.GetElapsedTime(start);

        var cap = outcome.Succeeded ? limits.MaxToolResultBytes : ToolResultTexts.MaxErrorJsonBytes;
        if (!call.TrySettle(outcome with { Content = ToolResultCap.Apply(outcome.Content, cap) }, duration))
        {
            AgentLog.AbandonedToolEnded(logger, ToolName.ForDisplay(invocation.Function.Name), (long)duration.TotalMilliseconds, outcome.Succeeded);
        }
    }

    private async Task<ToolOutcome> InvokeInSlotAsync(
        ToolInvocation invocation, Func<string> stopText, CancellationToken cancellationToken)
    {
        var tool = invocation.Function.Name;
        using var activity = AgentTelemetry.Source.StartActivity($"{AgentTelemetry.ExecuteTool} {tool}", ActivityKind.Internal, parent);
        activity?.SetTag(AgentTelemetry.OperationName, AgentTelemetry.ExecuteTool)
            .SetTag(AgentTelemetry.ToolName, tool)
            .SetTag(AgentTelemetry.ToolCallId, invocation.CallId);

        ToolOutcome outcome;
        try
        {
            using (ToolTime.Enter())
            {
                outcome = await InvokeAsync(invocation, stopText, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _slots.Release();
        }

        if (outcome.Failure is { } failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error).SetTag(AgentTelemetry.ErrorType, failure.ToString());
        }

        return outcome;
    }

    private async Task<ToolOutcome> InvokeAsync(
        ToolInvocation invocation, Func<string> stopText, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await invoker.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolException exception)
        {
            return ToolOutcome.Failed(ToolFailureKind.ToolError, exception.Message);
        }
        catch (OperationCanceledException)
        {
            return ToolOutcome.Failed(
                ToolFailureKind.Cancelled,
                cancellationToken.IsCancellationRequested ? stopText() : ToolResultTexts.StoppedByItself);
        }
        catch (Exception exception)
        {
            AgentLog.ToolThrew(logger, ToolName.ForDisplay(invocation.Function.Name), exception);
            return ToolOutcome.Failed(ToolFailureKind.UnexpectedError, ToolResultTexts.ToolFailed(invocation.Function.Name));
        }
    }
}
