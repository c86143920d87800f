namespace Agent.Tools.Mcp;

/// <summary>How often a server that ends may be started again, and how long each start waits. Thread-safe.</summary>
internal sealed class RestartBudget(TimeProvider timeProvider)
{
    internal const int Maximum = 5;

    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly Queue<long> _restarts = new();
    private int _inARow;

    /// <summary>Takes one restart.</summary>
    /// <param name="wait">How long it waits; where there is none left, how long until there is one.</param>
    /// <returns>False where there were too many within a minute.</returns>
    internal bool TryTake(out TimeSpan wait)
    {
        lock (_lock)
        {
            while (_restarts.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest) >= Window)
            {
                _restarts.Dequeue();
            }

            if (_restarts.Count >= Maximum)
            {
                wait = Window - timeProvider.GetElapsedTime(_restarts.Peek());
                return false;
            }

            // The first restart comes at once: most servers that end do so once.
            var doubled = FirstWait * Math.Pow(2, Math.Min(_inARow, 16) - 1);
            wait = _inARow == 0 ? TimeSpan.Zero : doubled < LongestWait ? doubled : LongestWait;
            _restarts.Enqueue(timeProvider.GetTimestamp());
            _inARow++;
            return true;
        }
    }

    /// <summary>The server answered a call, so that its next end is a first one.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            _inARow = 0;
        }
    }
}
