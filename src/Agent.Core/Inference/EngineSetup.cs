using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>What an engine's options mean on the machine at hand: its context, and the policies of its steps.</summary>
internal static class EngineSetup
{
    // A device that computes a few rows reads all weights for it; up to so many rows, another pass is dearer.
    private const int FillersOnDevice = 4;

    // Measured on an H200: prompts are computed 8 to 10 % faster in passes of 2,048 tokens than of 512.
    private const int MicroBatchOnDevice = 2048;
    private const int MicroBatchOnCpu = 512;

    private const int LeastStepsOfWarmUp = 2;
    private const int MostStepsOfWarmUp = 24;

    /// <summary>Creates the context of a plan.</summary>
    public static IDecoderContext CreateContext(LlamaModel model, EngineOptions options, ContextPlan plan, TimeProvider time)
    {
        var threads = options.Threads ?? (Environment.ProcessorCount <= 4 ? Environment.ProcessorCount : Environment.ProcessorCount / 2);
        var batch = Math.Max(options.BatchSize, plan.MaxSequences);
        var context = NativeContext.Create(model.Native, new NativeContextOptions
        {
            ContextPerSequence = plan.ContextTokens,
            MaxSequences = plan.MaxSequences,
            MaxOutputs = Math.Max(plan.MaxSequences, Math.Min(options.DraftTokens + 1, batch)),
            BatchSize = batch,
            MicroBatchSize = Math.Min(options.MicroBatchSize ?? (model.OnGpu ? MicroBatchOnDevice : MicroBatchOnCpu), batch),
            Threads = threads,
            BatchThreads = threads,
            KvType = options.KvCacheType,
            FlashAttention = options.FlashAttention,
            YarnFactor = plan.YarnFactor,
            YarnOriginalContext = model.Description.ContextLength ?? 0,
            OnGpu = model.OnGpu,
            SelectOnDevice = options.SelectOnDevice && model.OnGpu,
        });

        // A number of threads that somebody chose is kept; on a GPU the threads hardly matter.
        return model.OnGpu || options.Threads is not null || threads == 1
            ? context
            : new GovernedContext(context, new ThreadGovernor(threads), context.SetThreads, static () => Environment.CpuUsage.TotalTime, time);
    }

    /// <summary>The policies of the steps.</summary>
    public static SchedulerOptions SchedulerOptionsFor(IDecoderContext context, EngineOptions options) => new SchedulerOptions
    {
        PrefillTokensWhileDecoding = options.PrefillTokensWhileDecoding,
        MostFillers = context.IsAsynchronous ? FillersOnDevice : 0,
        SamplingThreads = options.SamplingThreads ?? DefaultSamplingThreads(context),
        StepTarget = options.StepTarget,
        DraftTokens = options.DraftTokens,
    };

    /// <summary>
    /// The first step of a process pages in weights and builds graphs; better now than in the first answer. The second one
    /// shows how fast a step is. On a CPU some more tell how many threads the machine leaves.
    /// </summary>
    /// <exception cref="EngineException">llama.cpp cannot compute with this model.</exception>
    public static void WarmUp(IDecoderContext context)
    {
        if (context.BestCount > 0 && context.OutputCapacity > context.MaxSequences)
        {
            // llama.cpp's buffer of outputs grows when a step first wants more of them than there are sequences, which stops a running answer.
            ComputeOne(context, Math.Min(Math.Min(context.OutputCapacity, context.BatchCapacity), context.ContextPerSequence));
        }

        for (var step = 0; step < LeastStepsOfWarmUp || (step < MostStepsOfWarmUp && context is GovernedContext { HasJudged: false }); step++)
        {
            ComputeOne(context, tokens: 1);
        }

        context.Truncate(0, 0);
    }

    private static void ComputeOne(IDecoderContext context, int tokens)
    {
        if (context.GetLength(0) + tokens > context.ContextPerSequence)
        {
            context.Truncate(0, 0);
        }

        var batch = new DecodeBatch(tokens);
        var start = context.GetLength(0);
        for (var i = 0; i < tokens; i++)
        {
            batch.Add(token: 0, start + i, sequence: 0, output: true);
        }

        if (context.Decode(batch) != DecodeStatus.Ok)
        {
            throw new EngineException("llama.cpp cannot compute a single token with this model. See its log (Logging:LogLevel:Agent.Core = Debug).");
        }

        context.Synchronize();
    }

    // On a CPU, sampling is a small part of a step, and its threads belong to llama.cpp. Beside a GPU the cores have nothing better to do
    // than to have the next step begin sooner.
    private static int DefaultSamplingThreads(IDecoderContext context) => context.IsAsynchronous ? Math.Clamp(Environment.ProcessorCount - 2, 1, 16) : 1;
}
