using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Native;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference;

/// <summary>
/// Runs many generations side by side on one model. One thread owns the context; everything else talks to it through a queue
/// of requests and a channel of tokens for each.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class InferenceEngine : IAsyncDisposable
{
    private readonly ITokenizer _tokenizer;
    private readonly EngineOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<GenerationTask> _inbox = new();
    private readonly WaitingCount _waiting = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile EngineStatus _status;
    private volatile Exception? _fault;
    private volatile bool _stopping;
    private volatile bool _closed;

    private InferenceEngine(ITokenizer tokenizer, EngineOptions options, ILogger logger, TimeProvider time)
    {
        _tokenizer = tokenizer;
        _options = options;
        _logger = logger;
        _time = time;
        _status = new EngineStatus(0, 0, 0, 0, 0);
    }

    /// <summary>Tokens that one conversation may hold, prompt and answer together.</summary>
    public int ContextTokens { get; private set; }

    /// <summary>The context that was planned for the model; null for an engine on a context of another make.</summary>
    public ContextPlan? Plan { get; private set; }

    /// <summary>The engine at its last step, and what was submitted since.</summary>
    public EngineStatus Status
    {
        get
        {
            // A request that is admitted in the step that runs still stands among those that waited before it: it is nowhere else yet.
            var waiting = _waiting.Value;
            var status = _status;
            return waiting <= status.Queued ? status : status with { Queued = waiting };
        }
    }

    /// <summary>Starts an engine.</summary>
    /// <param name="model">The model; it must outlive the engine.</param>
    /// <param name="options">Shape and limits.</param>
    /// <param name="logger">Receives the plan of the KV cache and failures.</param>
    /// <param name="time">Clock of the timings. Default: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="EngineException">The context does not fit into memory.</exception>
    /// <exception cref="LlamaException">llama.cpp could not create it.</exception>
    public static async Task<InferenceEngine> StartAsync(LlamaModel model, EngineOptions options, ILogger logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        var plan = ContextPlan.Create(model.Description, options, model.OnGpu, MemoryBudget.ForKvCache(model, options.KvMemoryShare));
        LogPlan(logger, plan);
        foreach (var note in plan.Notes)
        {
            LogNote(logger, note);
        }

        options = options with { HostCacheMiB = ChooseHostCache(model, options, logger) };
        var clock = time ?? TimeProvider.System;
        var engine = await StartAsync(() => EngineSetup.CreateContext(model, options, plan, clock), model.Tokenizer, options, logger, clock).ConfigureAwait(false);
        engine.Plan = plan;
        return engine;
    }

    /// <summary>Starts an engine on any context; the tests' door.</summary>
    internal static async Task<InferenceEngine> StartAsync(
        Func<IDecoderContext> createContext,
        ITokenizer tokenizer,
        EngineOptions options,
        ILogger logger,
        TimeProvider time)
    {
        var engine = new InferenceEngine(tokenizer, options, logger, time);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => engine.Run(createContext, started)) { IsBackground = true, Name = "agent-engine" }.Start();
        await started.Task.ConfigureAwait(false);
        return engine;
    }

    /// <summary>Queues a generation.</summary>
    /// <param name="request">What to generate.</param>
    /// <returns>The generation; dispose it.</returns>
    /// <exception cref="ArgumentException">The request is not valid; the message names what and the range.</exception>
    /// <exception cref="ContextOverflowException">The prompt leaves no room for an answer.</exception>
    /// <exception cref="QueueFullException">Too many requests wait.</exception>
    /// <exception cref="EngineException">The engine has stopped.</exception>
    public Generation Submit(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var task = CreateTask(request);
        if (_stopping || _fault is not null)
        {
            throw Stopped();
        }

        if (!task.TryWait(_waiting, _options.QueueLimit))
        {
            throw new QueueFullException(_options.QueueLimit);
        }

        _inbox.Enqueue(task);
        _wake.Set();

        // The thread may have closed between the check and the queueing; then nobody else will answer.
        if (_closed)
        {
            task.Fail(Stopped());
        }

        return new Generation(task, Wake);
    }

    /// <summary>Stops: running and waiting generations fail with <see cref="EngineException"/>, and the context is freed.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        Wake();
        await _ended.Task.ConfigureAwait(false);
    }

    private static int ChooseHostCache(LlamaModel model, EngineOptions options, ILogger logger)
    {
        if (!model.Native.CanCutStates)
        {
            if (options.HostCacheMiB > 0)
            {
                LogNote(logger, "Agent:Engine:HostCacheMiB has no effect: this model has a sliding window or a recurrent memory, so a part of a saved conversation is of no use.");
            }

            return 0;
        }

        var size = options.HostCacheMiB ?? (int)(MemoryBudget.ForIdleConversations(model.OnGpu) >> 20);
        if (size > 0)
        {
            LogHostCache(logger, size);
        }

        return size;
    }

    private GenerationTask CreateTask(GenerationRequest request)
    {
        if (request.Prompt.Count == 0)
        {
            throw new ArgumentException("The prompt holds no token.", nameof(request));
        }

        if (request.Prompt.Count >= ContextTokens)
        {
            throw new ContextOverflowException(request.Prompt.Count, ContextTokens);
        }

        if (request.MaxTokens is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.MaxTokens, "MaxTokens must be 1 or more.");
        }

        if (request.PinnedTokens < 0 || request.PinnedTokens > request.Prompt.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.PinnedTokens, $"PinnedTokens must be 0 to {request.Prompt.Count}, the length of the prompt.");
        }

        if (!Enum.IsDefined(request.Priority))
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.Priority, "Priority must be Low, Normal or High.");
        }

        if (request.CacheSalt is not { Length: <= GenerationRequest.MaxCacheSaltLength })
        {
            throw new ArgumentException($"CacheSalt must have at most {GenerationRequest.MaxCacheSaltLength} characters, and not be null.", nameof(request));
        }

        request.Sampling.Validate();
        foreach (var token in request.Prompt)
        {
            CheckToken(token, "prompt");
        }

        foreach (var token in request.Sampling.LogitBias?.Keys ?? [])
        {
            CheckToken(token, "logit bias");
        }

        var room = ContextTokens - request.Prompt.Count;
        var sampler = new Sampler(request.Sampling, request.LogitProcessors, request.CandidateFilters, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)), request.Constraint?.Begin());
        return new GenerationTask([.. request.Prompt], request.Prompt.Count + Math.Min(request.MaxTokens ?? room, room), sampler, _time)
        {
            IgnoreEndOfGeneration = request.IgnoreEndOfGeneration,
            AllowsDrafts = request.Sampling.Seed is null,
            Priority = request.Priority,
            CacheSalt = request.CacheSalt,
            PinnedTokens = request.PinnedTokens,
        };
    }

    private void CheckToken(int token, string where)
    {
        if ((uint)token >= (uint)_tokenizer.VocabularySize)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The {where} holds token id {token}, and the vocabulary has ids 0 to {_tokenizer.VocabularySize - 1}.");
        }
    }

    private EngineException Stopped() => new("The engine has stopped.", _fault);

    private void Wake() => _wake.Set();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception that leaves a thread ends the process; it is given to every request instead.")]
    private void Run(Func<IDecoderContext> createContext, TaskCompletionSource started)
    {
        Scheduler? scheduler = null;
        IDecoderContext? context = null;
        PrefixOffload? offload = null;
        try
        {
            context = createContext();
            offload = _options.HostCacheMiB is { } size and > 0 ? new PrefixOffload(context, new OffloadOptions { BudgetBytes = (long)size << 20 }, _time) : null;
            scheduler = new Scheduler(
                context,
                EngineSetup.SchedulerOptionsFor(context, _options),
                _tokenizer.IsEndOfGeneration,
                _time,
                offload);
            EngineSetup.WarmUp(context);
            ContextTokens = context.ContextPerSequence;
            Publish(scheduler, context, offload, steps: 0);
            started.SetResult();
            Loop(scheduler, context, offload);
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
            FailRest(scheduler);
            scheduler?.Dispose();
            offload?.Dispose();
            context?.Dispose();
            _ended.SetResult();
        }
    }

    private void Loop(Scheduler scheduler, IDecoderContext context, PrefixOffload? offload)
    {
        for (var steps = 0L; !_stopping;)
        {
            while (_inbox.TryDequeue(out var task))
            {
                scheduler.Enqueue(task);
            }

            PublishIfChanged(scheduler, context, offload, steps, force: false);
            var worked = scheduler.Step();
            steps += worked ? 1 : 0;
            PublishIfChanged(scheduler, context, offload, steps, force: !worked);
            if (!worked)
            {
                _wake.WaitOne();
            }
        }
    }

    private void PublishIfChanged(Scheduler scheduler, IDecoderContext context, PrefixOffload? offload, long steps, bool force)
    {
        // A record a step would be garbage at a rate of hundreds a second; the figures a watcher acts on are these two.
        var last = _status;
        if (force || last.Active != scheduler.ActiveCount || last.Queued != scheduler.QueuedCount)
        {
            Publish(scheduler, context, offload, steps);
        }
    }

    private void Publish(Scheduler scheduler, IDecoderContext context, PrefixOffload? offload, long steps) =>
        _status = new EngineStatus(scheduler.ActiveCount, scheduler.QueuedCount, context.MaxSequences, scheduler.CachedTokens, steps)
        {
            PrefillTokens = scheduler.PrefillTokens,
            DecodeTokens = scheduler.DecodeTokens,
            ReusedTokens = scheduler.ReusedTokens,
            Preemptions = scheduler.Preemptions,
            DraftTokens = scheduler.DraftTokens,
            AcceptedDraftTokens = scheduler.AcceptedDraftTokens,
            Times = scheduler.Times,
            OffloadedSequences = offload?.Count ?? 0,
            OffloadedBytes = offload?.Bytes ?? 0,
            Saves = offload?.Saves ?? 0,
            Restores = offload?.Restores ?? 0,
            RestoredTokens = offload?.RestoredTokens ?? 0,
            FailedMoves = offload?.Failures ?? 0,
        };

    private void FailRest(Scheduler? scheduler)
    {
        scheduler?.FailAll(Stopped());
        while (_inbox.TryDequeue(out var task))
        {
            task.Fail(Stopped());
        }
    }

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "{Plan}")]
    private static partial void LogPlan(ILogger logger, ContextPlan plan);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "{Note}")]
    private static partial void LogNote(ILogger logger, string note);

    [LoggerMessage(EventId = 16, Level = LogLevel.Information, Message = "Idle conversations may take {MiB} MiB of host memory")]
    private static partial void LogHostCache(ILogger logger, int miB);

    [LoggerMessage(EventId = 13, Level = LogLevel.Critical, Message = "The engine thread failed; every request is refused from now on")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
