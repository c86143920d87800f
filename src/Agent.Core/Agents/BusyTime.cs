namespace Agent.Core.Agents;

/// <summary>The time in which at least one activity was under way. Thread-safe.</summary>
internal sealed class BusyTime(TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _active;
    private long _since;
    private TimeSpan _total;

    public TimeSpan Total
    {
        get
        {
            lock (_lock)
            {
                return _active == 0 ? _total : _total + time.GetElapsedTime(_since);
            }
        }
    }

    public Scope Enter()
    {
        lock (_lock)
        {
            if (_active++ == 0)
            {
                _since = time.GetTimestamp();
            }
        }

        return new(this);
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_active == 0)
            {
                _total += time.GetElapsedTime(_since);
            }
        }
    }

    internal readonly struct Scope(BusyTime owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
