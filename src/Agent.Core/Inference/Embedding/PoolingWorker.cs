using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference.Embedding;

/// <summary>
/// Owns a context that pools, on a thread of its own. Each step takes whole sequences of all calls that wait: one of the oldest call, so that it
/// gets on in any case, then those of the shortest, so that a question does not wait for a library. A step that fails is repeated one sequence
/// at a time, so that only those are lost that fail again.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class PoolingWorker : IDisposable
{
    private readonly ConcurrentQueue<PoolingJob> _inbox = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly SemaphoreSlim _room;
    private readonly ThreadGovernor? _governor;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly List<PoolingJob> _active = [];
    private readonly List<(PoolingJob Job, int Index)> _step = [];
    private volatile Exception? _fault;
    private volatile bool _stopping;
    private volatile bool _closed;

    private PoolingWorker(Func<IPoolingContext> createContext, int queueLimit, ThreadGovernor? governor, TaskCompletionSource started, ILogger logger, TimeProvider time)
    {
        _room = new SemaphoreSlim(queueLimit);
        _governor = governor;
        _time = time;
        _logger = logger;
        _thread = new Thread(() => Run(createContext, started)) { IsBackground = true, Name = "agent-embedding" };
    }

    /// <summary>Numbers in a row.</summary>
    public int OutputLength { get; private set; }

    /// <summary>Most tokens of a sequence.</summary>
    public int MaxTokens { get; private set; }

    /// <summary>Creates the context on the worker's thread and computes a first step.</summary>
    /// <param name="createContext">Creates it; the worker disposes it.</param>
    /// <param name="queueLimit">Calls that are taken in; further ones wait at the door.</param>
    /// <param name="governor">Decides on the CPU threads; null leaves them.</param>
    /// <param name="logger">Receives failures.</param>
    /// <param name="time">Clock of the governor.</param>
    public static async Task<PoolingWorker> StartAsync(Func<IPoolingContext> createContext, int queueLimit, ThreadGovernor? governor, ILogger logger, TimeProvider time)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = new PoolingWorker(createContext, queueLimit, governor, started, logger, time);
        worker._thread.Start();
        await started.Task.ConfigureAwait(false);
        return worker;
    }

    /// <summary>Computes the rows of sequences of 1 to <see cref="MaxTokens"/> tokens each.</summary>
    /// <exception cref="EngineException">The worker has stopped.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the step that runs is finished for the others.</exception>
    public async Task<PooledRow[]> ComputeAsync(IReadOnlyList<int[]> sequences, CancellationToken cancellationToken)
    {
        if (sequences.Count == 0)
        {
            return [];
        }

        if (sequences.FirstOrDefault(sequence => sequence.Length == 0 || sequence.Length > MaxTokens) is { } wrong)
        {
            throw new ArgumentException($"A sequence has {wrong.Length} tokens; 1 to {MaxTokens} can be computed.", nameof(sequences));
        }

        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var job = new PoolingJob(sequences, cancellationToken);
            _inbox.Enqueue(job);
            _wake.Set();

            // The thread may have ended before the job was queued; then nobody else will answer.
            if (_closed)
            {
                job.Fail(Stopped());
            }

            return await job.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Whether it is being disposed.</summary>
    internal bool IsStopping => _stopping;

    /// <summary>Waits until the step that runs is over and the context is freed; calls that are not done fail with <see cref="EngineException"/>.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
    }

    private EngineException Stopped() => new("The embedding engine has stopped.", _fault);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception that leaves a thread ends the process; it is given to every call instead.")]
    private void Run(Func<IPoolingContext> createContext, TaskCompletionSource started)
    {
        IPoolingContext? context = null;
        try
        {
            context = createContext();
            var batch = new DecodeBatch(context.BatchCapacity);

            // The first step of a process pages in weights and builds graphs; better now than in the first call.
            if (Compute(context, batch, [[0]]) is { } failure)
            {
                throw failure;
            }

            (OutputLength, MaxTokens) = (context.OutputLength, context.BatchCapacity);
            started.SetResult();
            Loop(context, batch);
        }
        catch (Exception e)
        {
            _fault = e;
            if (!started.TrySetException(e))
            {
                LogFault(_logger, e);
            }
        }
        finally
        {
            _closed = true;
            _active.ForEach(job => job.Fail(Stopped()));
            while (_inbox.TryDequeue(out var job))
            {
                job.Fail(Stopped());
            }

            context?.Dispose();
        }
    }

    private void Loop(IPoolingContext context, DecodeBatch batch)
    {
        while (!_stopping)
        {
            while (_inbox.TryDequeue(out var job))
            {
                _active.Add(job);
            }

            _active.RemoveAll(static job => job.EndIfCancelled());
            if (_active.Count == 0)
            {
                _wake.WaitOne();
                continue;
            }

            Compose(context);
            Compute(context, batch);
            _active.RemoveAll(static job => job.IsDone);
        }
    }

    private void Compose(IPoolingContext context)
    {
        _step.Clear();
        var room = context.BatchCapacity;
        Take(_active[0], most: 1);
        foreach (var job in _active.OrderBy(static job => job.Waiting))
        {
            Take(job, context.MaxSequences);
        }

        void Take(PoolingJob job, int most)
        {
            for (; most > 0 && job.Waiting > 0 && job.NextLength <= room && _step.Count < context.MaxSequences; most--)
            {
                room -= job.NextLength;
                _step.Add((job, job.Take()));
            }
        }
    }

    private void Compute(IPoolingContext context, DecodeBatch batch)
    {
        if (Compute(context, batch, [.. _step.Select(static entry => entry.Job[entry.Index])]) is { } failure)
        {
            if (_step.Count > 1)
            {
                LogRepeated(_logger, _step.Count, failure.Message);
            }

            foreach (var (job, index) in _step)
            {
                var alone = _step.Count == 1 ? failure : Compute(context, batch, [job[index]]);
                job.Set(index, alone is null ? Read(context, 0) : new PooledRow(null, alone));
            }

            return;
        }

        for (var i = 0; i < _step.Count; i++)
        {
            _step[i].Job.Set(_step[i].Index, Read(context, i));
        }
    }

    private EngineException? Compute(IPoolingContext context, DecodeBatch batch, int[][] sequences)
    {
        batch.Clear();
        for (var sequence = 0; sequence < sequences.Length; sequence++)
        {
            for (var position = 0; position < sequences[sequence].Length; position++)
            {
                batch.Add(sequences[sequence][position], position, sequence, output: true);
            }
        }

        var start = _time.GetTimestamp();
        var cpu = _governor is null ? TimeSpan.Zero : Environment.CpuUsage.TotalTime;
        var status = context.Compute(batch);
        if (status == DecodeStatus.Ok && _governor?.Observe(_time.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu, batch.Count) == true)
        {
            context.SetThreads(_governor.Threads);
        }

        return status == DecodeStatus.Ok
            ? null
            : new EngineException(status == DecodeStatus.NoKvRoom
                ? "llama.cpp found no room for the tokens. Lower the batch."
                : "llama.cpp failed to compute the tokens. See its log (Logging:LogLevel:Agent.Core = Debug).");
    }

    private static PooledRow Read(IPoolingContext context, int sequence)
    {
        var row = context.GetRow(sequence);
        return row.IsEmpty
            ? new PooledRow(null, new EngineException("llama.cpp gave no result for the text. Check that the model's file is one for embeddings or reranking."))
            : new PooledRow(row.ToArray(), null);
    }

    [LoggerMessage(EventId = 14, Level = LogLevel.Warning, Message = "A step of {Count} texts failed and is repeated one by one: {Reason}")]
    private static partial void LogRepeated(ILogger logger, int count, string reason);

    [LoggerMessage(EventId = 15, Level = LogLevel.Critical, Message = "The embedding thread failed; every call is refused from now on")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
