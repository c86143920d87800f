namespace Agent.Tools.Resilience;

/// <summary>Lets a number of attempts through in any 60 seconds (sliding window log). Thread-safe.</summary>
internal sealed class RateLimit(int perMinute, TimeProvider timeProvider)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<long> _times = new();

    /// <summary>Takes one attempt, or says how long it is until there is one.</summary>
    /// <returns>What <see cref="Return"/> takes back; null where there is no attempt to be had.</returns>
    internal LinkedListNode<long>? TryAcquire(out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            while (_times.First is { } oldest && timeProvider.GetElapsedTime(oldest.Value, now) >= Window)
            {
                _times.RemoveFirst();
            }

            wait = _times.Count < perMinute ? TimeSpan.Zero : Window - timeProvider.GetElapsedTime(_times.First!.Value, now);
            return wait > TimeSpan.Zero ? null : _times.AddLast(now);
        }
    }

    /// <summary>Gives an attempt back that was not made.</summary>
    internal void Return(LinkedListNode<long> attempt)
    {
        lock (_lock)
        {
            // One that is older than the window is gone already.
            if (attempt.List is not null)
            {
                _times.Remove(attempt);
            }
        }
    }
}
