using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Native;
using Agent.Core.Tests.Testing;
using Agent.Testing;

namespace Agent.Core.Tests.Inference.Scheduling;

/// <summary>A scheduler on the fake context, with a clock of its own; every step is followed by a check of the bookkeeping.</summary>
internal sealed class SchedulerRun : IDisposable
{
    public SchedulerRun(
        SchedulerOptions? options = null, int maxSequences = 4, int contextPerSequence = 256, int batchCapacity = 64, bool asynchronous = false, bool repeats = false, OffloadOptions? offload = null)
    {
        Context = new FakeDecoderContext(maxSequences: maxSequences, contextPerSequence: contextPerSequence, batchCapacity: batchCapacity) { IsAsynchronous = asynchronous, BestCount = asynchronous ? LogitBlocks.BestCount : 0, Repeats = repeats, OutputCapacity = Math.Min(batchCapacity, 4 * maxSequences) };
        Offload = offload is null ? null : new PrefixOffload(Context, offload, Time);
        Scheduler = new Scheduler(Context, options ?? new SchedulerOptions(), token => token == 0, Time, Offload);
    }

    public FakeDecoderContext Context { get; }

    public Scheduler Scheduler { get; }

    /// <summary>Where idle conversations go; null if nowhere.</summary>
    public PrefixOffload? Offload { get; }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>How far the clock moves after each step.</summary>
    public TimeSpan StepTime { get; set; }

    public static int[] Prompt(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(1, 60))];
    }

    public static List<int> Read(GenerationTask task)
    {
        var tokens = new List<int>();
        while (task.Output.TryRead(out var token))
        {
            task.OnTokenRead();
            tokens.Add(token);
        }

        return tokens;
    }

    /// <summary>The error a task ended with; a channel completes only when it has been read empty.</summary>
    public static Exception? Failure(GenerationTask task)
    {
        Read(task);
        Assert.True(task.Output.Completion.IsCompleted, "the task has no outcome");
        return task.Output.Completion.Exception?.InnerException ?? (task.Output.Completion.IsCanceled ? new OperationCanceledException() : null);
    }

    public GenerationTask Submit(int[] prompt, int maxTokens, RequestPriority priority = RequestPriority.Normal, string salt = "", int pinned = 0, bool endless = false, params ILogitProcessor[] processors)
    {
        var task = new GenerationTask(
            prompt, Math.Min(Context.ContextPerSequence, prompt.Length + maxTokens), new Sampler(SamplingOptions.Greedy, processors, [], 1), Time)
        {
            Priority = priority,
            CacheSalt = salt,
            PinnedTokens = pinned,
            IgnoreEndOfGeneration = endless,
        };
        Scheduler.Enqueue(task);
        return task;
    }

    /// <summary>What a task of this prompt gives when it runs alone.</summary>
    public List<int> Expected(int[] prompt, int maxTokens) =>
        FakeDecoderContext.Expected(prompt, maxTokens, Context.VocabularySize, Context.ContextPerSequence, Context.Repeats);

    public bool Step()
    {
        var worked = Scheduler.Step();
        Scheduler.CheckIntegrity();
        Time.Advance(StepTime);
        return worked;
    }

    public void RunToEnd()
    {
        for (var i = 0; i < 100_000; i++)
        {
            if (!Step())
            {
                return;
            }
        }

        Assert.Fail("The scheduler does not come to an end.");
    }

    public void Dispose()
    {
        Scheduler.Dispose();
        Offload?.Dispose();
        Context.Dispose();
    }
}
