namespace Agent.Host.Benchmarks.Running;

/// <summary>Tells a newcomer that every decoder is at work, or has ended. Thread-safe.</summary>
/// <param name="decoders">How many there are.</param>
internal sealed class DecodersReady(int decoders)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = decoders;

    /// <summary>Completes when all are.</summary>
    public Task Task => _left > 0 ? _ready.Task : Task.CompletedTask;

    /// <summary>What a decoder disposes of when it is at work, and at its end.</summary>
    public IDisposable Enter() => new Decoder(this);

    private void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _ready.SetResult();
        }
    }

    /// <summary>Counts once, however often it is disposed of.</summary>
    private sealed class Decoder(DecodersReady owner) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                owner.Signal();
            }
        }
    }
}
