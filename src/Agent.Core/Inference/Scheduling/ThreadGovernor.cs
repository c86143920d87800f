namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// Decides how many CPU threads compute a step. llama.cpp's threads wait for each other at every operation, and they wait
/// in a loop: if the system runs something else in place of one of them, all the others burn their time until it is back. With one busy
/// neighbour on two cores that makes an answer fifteen times slower than a single thread is. So the share of processor time that the
/// threads really got is watched, and threads that do not get theirs are given up, and tried again later.
/// </summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class ThreadGovernor
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    // One busy neighbour on two cores leaves three quarters. A single step is too short to tell that from chance.
    private const double FairShare = 0.77;
    private const double FairShareOfOneStep = 0.6;

    private readonly int _most;
    private TimeSpan _wall;
    private TimeSpan _cpu;
    private TimeSpan _rested;
    private TimeSpan _rest = ShortestRest;

    /// <summary>Starts with all threads.</summary>
    /// <param name="most">Most threads to use.</param>
    public ThreadGovernor(int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _most = most;
        Threads = most;
    }

    /// <summary>Threads to compute the next step with.</summary>
    public int Threads { get; private set; }

    /// <summary>Takes what a step took.</summary>
    /// <param name="wall">Time on the clock.</param>
    /// <param name="cpu">Processor time of the whole process meanwhile.</param>
    /// <param name="decideNow">Whether to judge by this step alone; otherwise a window of time is judged.</param>
    /// <returns>Whether <see cref="Threads"/> has changed.</returns>
    public bool Observe(TimeSpan wall, TimeSpan cpu, bool decideNow = false)
    {
        if (_most == 1)
        {
            return false;
        }

        _wall += wall;
        _cpu += cpu;
        if (_wall < Window && !decideNow)
        {
            return false;
        }

        var before = Threads;
        Judge(_cpu / (_wall * Threads), decideNow ? FairShareOfOneStep : FairShare);
        _wall = TimeSpan.Zero;
        _cpu = TimeSpan.Zero;
        return Threads != before;
    }

    private void Judge(double share, double fair)
    {
        if (share < fair && Threads > 1)
        {
            Threads = Math.Clamp((int)(share * Threads), 1, Threads - 1);
            _rested = TimeSpan.Zero;
            _rest = _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
            return;
        }

        _rested += _wall;
        if (_rested < _rest)
        {
            return;
        }

        _rested = TimeSpan.Zero;
        if (Threads < _most)
        {
            Threads++;
        }
        else
        {
            // All threads got their share for a whole rest: the neighbour has gone.
            _rest = ShortestRest;
        }
    }
}
