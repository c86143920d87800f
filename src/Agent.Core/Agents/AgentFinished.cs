using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The last event of a run.</summary>
/// <param name="Reason">Why the run ended.</param>
/// <param name="Usage">Tokens summed over all rounds, as far as the client reported them.</param>
/// <param name="NewMessages">
/// The messages that the run added, to be appended to the caller's for the next run: per round the model's messages, then
/// one message of role tool with the results in call order. Every call has exactly one result here, or is one of the
/// <paramref name="PendingCalls"/> or <see cref="PendingApprovals"/>.
/// </param>
/// <param name="Rounds">Model calls made.</param>
/// <param name="Duration">Wall-clock time of the run, the caller's own pauses between events included.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="PendingCalls">
/// Calls that the caller carries out, in call order; empty unless <paramref name="Reason"/> is
/// <see cref="AgentFinishReason.ToolCallsForCaller"/> or <see cref="AgentFinishReason.ApprovalRequired"/>. To go on, append a tool message with their results and run again.
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
    /// Calls that wait for a person, in call order; empty unless <see cref="Reason"/> is <see cref="AgentFinishReason.ApprovalRequired"/>.
    /// They stand in <see cref="NewMessages"/> too, beside their calls, so that a stored transcript is all that a restart needs
    /// (<see cref="AIJsonUtilities.DefaultOptions"/> writes and reads it).
    /// </summary>
    /// <remarks>
    /// To go on, append a message of role user with the answers (<see cref="ToolApprovalRequestContent.CreateResponse"/>) and run again:
    /// the call is carried out, or the model is told that it was declined. Without an answer, a run asks again; where the user writes
    /// something else, the call is withdrawn. The answer decides only yes or no: what is called stands in the transcript.
    /// </remarks>
    /// <value>Empty.</value>
    public IReadOnlyList<ToolApprovalRequestContent> PendingApprovals { get; init; } = [];

    /// <summary>
    /// Where the answer cites passages, those before the question and those that <c>search_passages</c> found in this run: document, title,
    /// headings, place in the document, and place in the answer (<see cref="AgentResult.Text"/>).
    /// </summary>
    /// <value>Empty.</value>
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    /// <summary>Citations in the answer with numbers that no passage of this run has. Empty in a run without passages.</summary>
    /// <value>Empty.</value>
    public IReadOnlyList<UnknownCitation> UnknownCitations { get; init; } = [];

    /// <summary>
    /// The conversation under which the service keeps the history, for <see cref="ChatOptions.ConversationId"/> of the next
    /// run, which then brings its new messages only.
    /// </summary>
    /// <value>Null where the service keeps none.</value>
    public string? ConversationId { get; init; }
}
