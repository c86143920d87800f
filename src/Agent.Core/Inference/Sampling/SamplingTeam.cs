using System.Diagnostics.CodeAnalysis;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;

namespace Agent.Core.Inference.Sampling;

/// <summary>
/// Chooses the tokens of a step's rows, on several threads where the rows are many and long. A row of 152,000 logits takes some
/// 90 microseconds: one thread alone would spend more time on 64 of them than a GPU on the whole step.
/// </summary>
/// <remarks>
/// The engine thread adds rows and runs them; helpers take rows from a shared ticket. Each row belongs to one task, and no two
/// threads ever work on one row, so that the result does not depend on the number of threads. Nothing is allocated for a step.
/// </remarks>
internal sealed class SamplingTeam : IDisposable
{
    private readonly IDecoderContext _context;
    private readonly GenerationTask[] _tasks;
    private readonly int[] _tokens;
    private readonly Exception?[] _errors;
    private readonly SamplerScratch _scratch;
    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _work = new(0);
    private readonly long _leastWork;

    // Rows of the step in the upper half, the next row in the lower: a helper that wakes late takes a row of a later step, or none.
    private long _ticket;
    private int _done;
    private int _count;
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
        _tokens = new int[context.MaxSequences];
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
    public void Clear() => _count = 0;

    /// <summary>Adds the task of the next row.</summary>
    public void Add(GenerationTask task) => _tasks[_count++] = task;

    /// <summary>The token of a row, once the rows have run.</summary>
    /// <param name="row">The row.</param>
    /// <param name="error">What a processor or filter of the request threw; then there is no token.</param>
    public int GetToken(int row, out Exception? error)
    {
        error = _errors[row];
        return _tokens[row];
    }

    /// <summary>Samples all rows; returns when the last one is done.</summary>
    public void Run()
    {
        Volatile.Write(ref _done, 0);
        var helpers = (long)_count * _context.VocabularySize >= _leastWork ? Math.Min(_helpers.Length, _count - 1) : 0;

        // The ticket publishes everything written before it.
        Volatile.Write(ref _ticket, (long)_count << 32);
        if (helpers > 0)
        {
            _work.Release(helpers);
        }

        TakeRows(_scratch);
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

            TakeRows(scratch ??= new SamplerScratch(_context.VocabularySize));
        }
    }

    private void TakeRows(SamplerScratch scratch)
    {
        while (true)
        {
            var ticket = Interlocked.Increment(ref _ticket) - 1;
            var row = (int)(ticket & uint.MaxValue);
            if (row >= (int)(ticket >> 32))
            {
                return;
            }

            SampleRow(row, scratch);
            Interlocked.Increment(ref _done);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever the code of one request throws must not end the others.")]
    private void SampleRow(int row, SamplerScratch scratch)
    {
        var task = _tasks[row];
        try
        {
            _errors[row] = null;
            _tokens[row] = task.Sampler.Sample(_context.GetLogits(row), task.Tokens, task.PromptLength, scratch);
        }
        catch (Exception e)
        {
            _errors[row] = e;
        }
    }
}
