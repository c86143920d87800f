using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The last event of a run.</summary>
/// <param name="Reason">Why the run ended.</param>
/// <param name="Usage">Tokens summed over all rounds, as far as the client reported them.</param>
/// <param name="NewMessages">
/// The messages that the run added, to be appended to the caller's for the next run: per round the model's messages, then
/// one message of role tool with the results in call order. Every call has exactly one result here, or is one of the
/// <paramref name="PendingCalls"/>.
/// </param>
/// <param name="Rounds">Model calls made.</param>
/// <param name="Duration">Wall-clock time of the run, the caller's own pauses between events included.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="PendingCalls">
/// Calls that the caller carries out, in call order; empty unless <paramref name="Reason"/> is
/// <see cref="AgentFinishReason.ToolCallsForCaller"/>. To go on, append a tool message with their results and run again.
/// </param>
public sealed record AgentFinished(
    AgentFinishReason Reason,
    UsageDetails Usage,
    IReadOnlyList<ChatMessage> NewMessages,
    int Rounds,
    TimeSpan Duration,
    AgentTimings Timings,
    IReadOnlyList<FunctionCallContent> PendingCalls) : AgentEvent
{
    /// <summary>
    /// The conversation under which the service keeps the history, for <see cref="ChatOptions.ConversationId"/> of the next
    /// run, which then brings its new messages only.
    /// </summary>
    /// <value>Null where the service keeps none.</value>
    public string? ConversationId { get; init; }
}
