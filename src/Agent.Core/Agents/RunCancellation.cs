using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>What ends a run before its time: its caller, or its time limit.</summary>
internal sealed class RunCancellation : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _deadline;
    private readonly StopSource _stop;
    private readonly CancellationTokenRegistration _registration;
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="left">What is left of the time limit; nothing where it is negative.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where callbacks that throw are logged.</param>
    /// <param name="caller">The caller's token.</param>
    public RunCancellation(TimeSpan left, TimeProvider time, ILogger logger, CancellationToken caller)
    {
        _caller = caller;
        _deadline = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        _stop = new(logger, caller, _deadline.Token);
        _registration = _stop.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), _requested);
    }

    /// <summary>Ends the work of the run.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the run is to end, for whatever reason.</summary>
    public bool IsRequested => _stop.IsCancellationRequested;

    /// <summary>Completes when the run is to end.</summary>
    public Task Requested => _requested.Task;

    /// <summary>Whether the time limit has passed.</summary>
    public bool IsTimeUp => _deadline.IsCancellationRequested;

    /// <exception cref="OperationCanceledException">The caller cancelled the run.</exception>
    public void ThrowIfCallerCancelled() => _caller.ThrowIfCancellationRequested();

    /// <summary>Ends the work of a run that nobody reads any more; completes when every callback has run. Never faults.</summary>
    public Task CancelAsync() => _stop.CancelAsync();

    public void Dispose()
    {
        _registration.Unregister();
        _stop.Dispose();
        _deadline.Dispose();
    }
}
