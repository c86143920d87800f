namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// Decides how many CPU threads compute a step. llama.cpp's threads wait for each other at every operation, and they wait
/// in a loop: if the system runs something else in place of one of them, all the others burn their time until it is back. With one busy
/// neighbour on two cores that makes an answer fifteen times slower than a single thread is. So the share of processor time that the
/// threads really got is watched. Where they do not get theirs, fewer are tried, and kept if they are faster: on a virtual machine two threads
/// that share six tenths of two cores were seen to be nearly twice as fast as one. Those given up are tried again later.
/// </summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class ThreadGovernor
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstWindow = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    // One busy neighbour on two cores leaves three quarters. The first window is too short to tell that from chance.
    private const double FairShare = 0.77;
    private const double FairShareAtFirst = 0.6;

    // The first step reads weights from the disk, the second still wakes threads: a step of 4 ms was seen to take 20, which says nothing.
    private const int StepsOfStart = 2;

    // Steps differ in size; of a step of one row the most is reading the weights, as long as four rows take to compute. While threads are kept in spite of their share, a rate that is
    // so many times lower says that something has changed.
    private const int RowsOfReading = 4;
    private const double Collapse = 3;

    private readonly int _most;
    private TimeSpan _wall;
    private TimeSpan _cpu;
    private double _work;
    private TimeSpan _rested;
    private TimeSpan _rest = ShortestRest;
    private bool _wasUnfair;
    private int _started;
    private double _rateBefore;
    private int _triedFrom;
    private bool _isKept;

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

    /// <summary>Whether a first window of time has been judged.</summary>
    public bool HasJudged { get; private set; }

    /// <summary>Takes what a step took.</summary>
    /// <param name="wall">Time on the clock.</param>
    /// <param name="cpu">Processor time of the whole process meanwhile.</param>
    /// <param name="rows">Tokens of the step.</param>
    /// <returns>Whether <see cref="Threads"/> has changed.</returns>
    public bool Observe(TimeSpan wall, TimeSpan cpu, int rows)
    {
        if (_most == 1 || (_started < StepsOfStart && ++_started <= StepsOfStart))
        {
            return false;
        }

        _wall += wall;
        _cpu += cpu;
        _work += rows + RowsOfReading;
        if (_wall < (HasJudged ? Window : FirstWindow))
        {
            return false;
        }

        var before = Threads;
        Judge(_cpu / (_wall * Threads) >= (HasJudged ? FairShare : FairShareAtFirst), _work / _wall.TotalSeconds);
        HasJudged = true;
        _work = 0;
        _wall = TimeSpan.Zero;
        _cpu = TimeSpan.Zero;
        return Threads != before;
    }

    private void Judge(bool isFair, double rate)
    {
        if (_triedFrom > 0)
        {
            var from = _triedFrom;
            _triedFrom = 0;
            if (rate < _rateBefore)
            {
                Threads = from;
                _isKept = true;
                BeginRest();
                return;
            }
        }

        if (!isFair && Threads > 1 && (!_isKept || rate < _rateBefore / Collapse))
        {
            Try(Math.Clamp((int)(_cpu / _wall), 1, Threads - 1), rate);
            return;
        }

        _rested += _wall;
        _wasUnfair |= !isFair;
        if (_rested < _rest)
        {
            return;
        }

        if (Threads < _most)
        {
            Threads++;
        }
        else if (!_wasUnfair)
        {
            // All threads got their share for a whole rest: the neighbour has gone.
            _rest = ShortestRest;
        }

        _isKept = false;
        BeginRest();
    }

    /// <summary>Goes on with fewer threads; the next window shows whether that is faster.</summary>
    private void Try(int threads, double rate)
    {
        (_triedFrom, _rateBefore) = (Threads, rate);
        Threads = threads;
        _isKept = false;
        BeginRest();
        _rest = _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
    }

    private void BeginRest()
    {
        _rested = TimeSpan.Zero;
        _wasUnfair = false;
    }
}
