using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference.Embedding;

/// <summary>Starts a worker for a model, as its file and the options lead to it.</summary>
internal static partial class PoolingEngine
{
    private const int DefaultContextTokens = 1024;

    /// <summary>Most tokens of a sequence.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">What was asked for; null for the default.</param>
    public static int ContextTokensOf(LlamaModel model, int? wanted)
    {
        var trained = model.Description.ContextLength ?? DefaultContextTokens;

        // Beyond what it was trained for, a model of the BERT kind has no positions at all.
        return Math.Min(wanted ?? DefaultContextTokens, trained);
    }

    /// <summary>Starts a worker.</summary>
    /// <exception cref="LlamaException">llama.cpp could not create the context.</exception>
    /// <exception cref="EngineException">It cannot compute a single token.</exception>
    public static Task<PoolingWorker> StartAsync(LlamaModel model, PoolingShape shape, PoolingType pooling, ILogger logger, TimeProvider time)
    {
        if (shape.ContextTokens is { } wanted && ContextTokensOf(model, wanted) is var tokens && tokens < wanted)
        {
            LogCut(logger, wanted, model.Description.Path, tokens);
        }

        var threads = shape.Threads ?? (Environment.ProcessorCount <= 4 ? Environment.ProcessorCount : Environment.ProcessorCount / 2);
        return PoolingWorker.StartAsync(
            () => NativePoolingContext.Create(model.Native, new NativePoolingOptions
            {
                BatchCapacity = Math.Max(shape.BatchTokens, ContextTokensOf(model, shape.ContextTokens)),
                MaxSequences = shape.MaxSequences,
                Pooling = pooling,
                Threads = threads,
            }),
            shape.QueueLimit,
            model.OnGpu || shape.Threads is not null || threads == 1 ? null : new ThreadGovernor(threads),
            logger,
            time);
    }

    [LoggerMessage(EventId = 16, Level = LogLevel.Warning, Message = "ContextTokens is {Wanted}, but {Path} was trained for {Trained} tokens; {Trained} are used, and longer texts count as too long")]
    private static partial void LogCut(ILogger logger, int wanted, string path, int trained);
}
