using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The outcome of a run that was awaited as a whole.</summary>
/// <param name="Text">What the model wrote after the last tool result; empty where it wrote nothing more.</param>
/// <param name="Finished">The run's last event: reason, usage, messages, timings.</param>
public sealed record AgentResult(string Text, AgentFinished Finished)
{
    /// <inheritdoc cref="AgentFinished.Reason"/>
    public AgentFinishReason Reason => Finished.Reason;

    /// <inheritdoc cref="AgentFinished.Usage"/>
    public UsageDetails Usage => Finished.Usage;

    /// <inheritdoc cref="AgentFinished.NewMessages"/>
    public IReadOnlyList<ChatMessage> NewMessages => Finished.NewMessages;

    /// <inheritdoc cref="AgentFinished.PendingCalls"/>
    public IReadOnlyList<FunctionCallContent> PendingCalls => Finished.PendingCalls;

    /// <inheritdoc cref="AgentFinished.Citations"/>
    public IReadOnlyList<Citation> Citations => Finished.Citations;
}
