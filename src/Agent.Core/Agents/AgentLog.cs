using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>Log messages of the loop: names, counts and durations only.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(1, LogLevel.Debug, "Round {Round} of at most {MaxRounds} started.")]
    public static partial void RoundStarted(ILogger logger, int round, int maxRounds);

    [LoggerMessage(2, LogLevel.Information, "Tool {Tool} finished in {Milliseconds} ms.")]
    public static partial void ToolFinished(ILogger logger, string tool, long milliseconds);

    [LoggerMessage(3, LogLevel.Information, "Call of tool {Tool} was not carried out: {Kind}.")]
    public static partial void CallRefused(ILogger logger, string tool, ToolFailureKind kind);

    [LoggerMessage(4, LogLevel.Information, "Tool {Tool} failed after {Milliseconds} ms: {Kind}.")]
    public static partial void ToolFailed(ILogger logger, string tool, long milliseconds, ToolFailureKind kind);

    [LoggerMessage(5, LogLevel.Error, "Tool {Tool} threw; the model was told only that it failed.")]
    public static partial void ToolThrew(ILogger logger, string tool, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Tool {Tool} did not stop within {Grace} of its cancellation and is no longer awaited.")]
    public static partial void ToolAbandoned(ILogger logger, string tool, TimeSpan grace);

    [LoggerMessage(7, LogLevel.Warning, "Tool {Tool}, no longer awaited, ended after {Milliseconds} ms; succeeded: {Succeeded}.")]
    public static partial void AbandonedToolEnded(ILogger logger, string tool, long milliseconds, bool succeeded);

    [LoggerMessage(8, LogLevel.Warning, "The model did not stop within {Grace} of its cancellation and is no longer awaited.")]
    public static partial void ModelAbandoned(ILogger logger, TimeSpan grace);

    [LoggerMessage(9, LogLevel.Debug, "The model ended with an error after its cancellation.")]
    public static partial void ModelErrorAfterCancellation(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "A cancellation callback of a tool or of the model threw.")]
    public static partial void CancellationCallbackThrew(ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Information, "Run finished: {Reason} after {Rounds} rounds and {Milliseconds} ms.")]
    public static partial void RunFinished(ILogger logger, AgentFinishReason reason, int rounds, long milliseconds);

    [LoggerMessage(13, LogLevel.Debug, "{Passages} passages were put before the model, {Milliseconds} ms after the run began.")]
    public static partial void PassagesInjected(ILogger logger, int passages, long milliseconds);

    [LoggerMessage(12, LogLevel.Debug, "Run stopped in round {Round} before its end.")]
    public static partial void RunStopped(ILogger logger, int round);
}
