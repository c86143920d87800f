namespace Agent.Core.Agents;

/// <summary>Where the time of a run went.</summary>
/// <param name="TimeToFirstToken">From the start of the run to the model's first content of any kind; null without one.</param>
/// <param name="TimeToFirstText">From the start of the run to the first text delta; null without one.</param>
/// <param name="ModelTime">Time in which the loop waited for the model, over all rounds.</param>
/// <param name="ToolTime">Time in which at least one tool ran; calls in parallel count once. May overlap <paramref name="ModelTime"/>.</param>
public sealed record AgentTimings(TimeSpan? TimeToFirstToken, TimeSpan? TimeToFirstText, TimeSpan ModelTime, TimeSpan ToolTime);
