using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;

namespace Agent.Core.Inference.Sampling;

/// <summary>
/// Chooses the tokens of a step's rows, on several threads where the rows are many and long. A row of 152,000 logits takes some
/// 90 microseconds: one thread alone would spend more time on 64 of them than a GPU on the whole step.
/// </summary>
/// <remarks>
/// The engine thread adds tasks with their rows and runs them; helpers take tasks from a shared ticket. No two threads ever work on one
/// task, so that the result does not depend on the number of threads. Nothing is allocated for a step. Of a task with several rows all but
/// the first stand behind tokens that are only tried: each counts as long as those before it were what was chosen.
/// </remarks>
internal sealed class SamplingTeam : IDisposable
{
    // Waking a dozen threads takes longer than what they then do. So they are woken while a device computes, sleep until shortly before it is
    // expected to be done, and look out for their work for the little rest.
    private static readonly long LookOutBefore = Stopwatch.Frequency * 7 / 10_000;
    private static readonly long LookOutAfter = Stopwatch.Frequency / 1000;
    private static readonly TimeSpan LeastWorthPreparing = TimeSpan.FromMilliseconds(2);

    // A row that was not fetched whole takes a fifth of the time: fewer logits are looked at, but many of them are good.
    private const int PartOfBest = 5;

    private readonly IDecoderContext _context;
    private readonly GenerationTask[] _tasks;
    private readonly int[] _firstRows;
    private readonly int[] _counts;
    private readonly int[] _tokens;
    private readonly bool[] _isWhole;
    private readonly Exception?[] _errors;
    private readonly SamplerScratch _scratch;
    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _work = new(0);
    private readonly long _leastWork;

    // Tasks of the step in the upper half, the next one in the lower: a helper that wakes late takes a task of a later step, or none.
    private long _ticket;
    private long _expected;
    private int _awake;
    private int _done;
    private int _count;
    private long _logits;
    private volatile bool _stopping;

    /// <summary>Starts the helpers.</summary>
    /// <param name="context">Gives the rows; they are read from several threads between two steps.</param>
    /// <param name="threads">Threads that sample, the engine's included; 1 or more.</param>
    /// <param name="leastWork">Logits in a step from which helpers are woken: below it, that costs more than they save.</param>
    public SamplingTeam(IDecoderContext context, int threads, long leastWork)
    {
        _context = context;
        _leastWork = leastWork;
        _tasks = new GenerationTask[context.MaxSequences];
        _firstRows = new int[context.MaxSequences];
        _counts = new int[context.MaxSequences];
        _tokens = new int[context.OutputCapacity];
        _isWhole = new bool[context.OutputCapacity];
        _errors = new Exception?[context.MaxSequences];
        _scratch = new SamplerScratch(context.VocabularySize);
        _helpers = new Thread[Math.Min(threads, context.MaxSequences) - 1];
        for (var i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = $"agent-sampler-{i + 1}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Begins a step.</summary>
    /// <param name="wholeRows">For each of its rows, whether all its logits were fetched.</param>
    public void Begin(ReadOnlySpan<bool> wholeRows)
    {
        _count = 0;
        wholeRows.CopyTo(_isWhole);
        _logits = CountLogits(wholeRows);
    }

    /// <summary>Adds a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="firstRow">Its row; one more follows for each token that it tries.</param>
    public void Add(GenerationTask task, int firstRow)
    {
        _tasks[_count] = task;
        _firstRows[_count++] = firstRow;
    }

    /// <summary>The tokens that were chosen for a task, once the tasks have run.</summary>
    /// <param name="index">Which task, in the order of <see cref="Add"/>.</param>
    /// <param name="error">What a processor or filter of the request threw after them; without it there is one token at least.</param>
    public ReadOnlySpan<int> GetTokens(int index, out Exception? error)
    {
        error = _errors[index];
        return _tokens.AsSpan(_firstRows[index], _counts[index]);
    }

    /// <summary>Tells the helpers when they will be wanted.</summary>
    /// <param name="tasks">How many tasks there will be.</param>
    /// <param name="wholeRows">For each of their rows, whether all its logits will be fetched.</param>
    /// <param name="expected">In what time; nothing is done where that is not known or short.</param>
    public void Prepare(int tasks, ReadOnlySpan<bool> wholeRows, TimeSpan expected)
    {
        var helpers = CountHelpers(tasks, CountLogits(wholeRows));
        if (helpers > 0 && expected >= LeastWorthPreparing && Volatile.Read(ref _awake) == 0)
        {
            Volatile.Write(ref _expected, Stopwatch.GetTimestamp() + (long)(expected.TotalSeconds * Stopwatch.Frequency));
            _work.Release(helpers);
        }
    }

    /// <summary>Samples for all tasks; returns when the last one is done.</summary>
    public void Run()
    {
        Volatile.Write(ref _done, 0);
        var helpers = CountHelpers(_count, _logits) - Volatile.Read(ref _awake);

        // The ticket publishes everything written before it.
        Volatile.Write(ref _ticket, (long)_count << 32);
        if (helpers > 0)
        {
            _work.Release(helpers);
        }

        TakeTasks(_scratch);
        var wait = default(SpinWait);
        while (Volatile.Read(ref _done) < _count)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Ends the helpers.</summary>
    public void Dispose()
    {
        _stopping = true;
        if (_helpers.Length > 0)
        {
            _work.Release(_helpers.Length);
        }

        foreach (var helper in _helpers)
        {
            helper.Join();
        }

        _work.Dispose();
    }

    private void Help()
    {
        SamplerScratch? scratch = null;
        while (true)
        {
            _work.Wait();
            if (_stopping)
            {
                return;
            }

            Interlocked.Increment(ref _awake);
            LookOut();
            TakeTasks(scratch ??= new SamplerScratch(_context.VocabularySize));
            Interlocked.Decrement(ref _awake);
        }
    }

    private int CountHelpers(int tasks, long logits) => logits >= _leastWork ? Math.Min(_helpers.Length, tasks - 1) : 0;

    private long CountLogits(ReadOnlySpan<bool> wholeRows)
    {
        var whole = wholeRows.Count(true);
        return ((long)whole * _context.VocabularySize) + ((long)(wholeRows.Length - whole) * _context.VocabularySize / PartOfBest);
    }

    /// <summary>Waits for the work that is expected; not for long where it does not come, since then it will wake the helpers itself.</summary>
    private void LookOut()
    {
        while (!_stopping && !HasWork(Volatile.Read(ref _ticket)))
        {
            var left = Volatile.Read(ref _expected) - Stopwatch.GetTimestamp();
            if (left < -LookOutAfter)
            {
                return;
            }

            if (left > LookOutBefore + (Stopwatch.Frequency / 1000))
            {
                Thread.Sleep(1);
            }
            else
            {
                Thread.SpinWait(left > LookOutBefore ? 200 : 20);
            }
        }
    }

    private static bool HasWork(long ticket) => (int)(ticket & uint.MaxValue) < (int)(ticket >> 32);

    private void TakeTasks(SamplerScratch scratch)
    {
        while (true)
        {
            var ticket = Interlocked.Increment(ref _ticket) - 1;
            if (!HasWork(ticket))
            {
                return;
            }

            var index = (int)(ticket & uint.MaxValue);

            SampleTask(index, scratch);
            Interlocked.Increment(ref _done);
        }
    }

    private LogitRow RowOf(int row) => _isWhole[row] ? new LogitRow(_context.GetLogits(row)) : new LogitRow(_context.GetBest(row));

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever the code of one request throws must not end the others.")]
    private void SampleTask(int index, SamplerScratch scratch)
    {
        var task = _tasks[index];
        var likely = task.Draft is { } draft ? draft.Likely : [];
        var first = _firstRows[index];
        _counts[index] = 0;
        try
        {
            _errors[index] = null;
            for (var tried = 0; tried <= likely.Length; tried++)
            {
                var token = task.Sampler.Sample(RowOf(first + tried), task.TokensWithDraft(tried), task.PromptLength, scratch);
                _tokens[first + tried] = token;
                _counts[index]++;
                if (tried == likely.Length || token != likely[tried])
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            _errors[index] = e;
        }
    }
}
