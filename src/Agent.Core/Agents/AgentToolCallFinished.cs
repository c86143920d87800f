namespace Agent.Core.Agents;

/// <summary>A tool call has its result. Calls that run in parallel finish in any order.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Name">The tool's name as the model wrote it.</param>
/// <param name="Succeeded">Whether the tool returned a result.</param>
/// <param name="Duration">How long the tool ran; zero where it was not started.</param>
/// <param name="Content">What the model reads as the result, already cut to <see cref="AgentLimits.MaxToolResultBytes"/>.</param>
/// <param name="Failure">Why there is no result; null where <paramref name="Succeeded"/>.</param>
public sealed record AgentToolCallFinished(
    string CallId,
    string Name,
    bool Succeeded,
    TimeSpan Duration,
    string Content,
    ToolFailureKind? Failure) : AgentEvent;
