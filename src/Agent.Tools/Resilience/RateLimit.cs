namespace Agent.Tools.Resilience;

/// <summary>Lets a number of attempts through in any 60 seconds (sliding window log). Thread-safe.</summary>
internal sealed class RateLimit(int perMinute, TimeProvider timeProvider)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly long[] _times = new long[perMinute];
    private long _count;

    /// <summary>Takes one attempt, or says how long it is until there is one.</summary>
    internal bool TryAcquire(out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            var slot = _count % perMinute;
            wait = _count < perMinute ? TimeSpan.Zero : Window - timeProvider.GetElapsedTime(_times[slot], now);
            if (wait > TimeSpan.Zero)
            {
                return false;
            }

            _times[slot] = now;
            _count++;
            return true;
        }
    }
}
