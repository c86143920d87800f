namespace Agent.Host.Benchmarks.Running;

/// <summary>Tells a newcomer that every decoder is at work, or has ended. Thread-safe.</summary>
/// <param name="decoders">How many there are.</param>
internal sealed class DecodersReady(int decoders)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = decoders;

    /// <summary>Completes when all are.</summary>
    public Task Task => _left > 0 ? _ready.Task : Task.CompletedTask;

    /// <summary>One more is; each says so once.</summary>
    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _ready.SetResult();
        }
    }
}
