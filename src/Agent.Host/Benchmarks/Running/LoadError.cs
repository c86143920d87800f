using Agent.Core.Inference;
using Agent.Host.Benchmarks.Targets;

namespace Agent.Host.Benchmarks.Running;

/// <summary>Why a request failed.</summary>
/// <param name="Kind">A stable word.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
internal sealed record LoadError(string Kind, string Message)
{
    /// <summary>The error of an exception; null where the exception says nothing about the target.</summary>
    public static LoadError? From(Exception exception) => exception switch
    {
        LoadTargetException e => new LoadError(e.Kind, e.Message),
        QueueFullException => new LoadError("queue_full", exception.Message),
        ContextOverflowException => new LoadError("context_overflow", exception.Message),
        EngineException => new LoadError("engine", exception.Message),
        _ => null,
    };
}
