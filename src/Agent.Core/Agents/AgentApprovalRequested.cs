using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>
/// A call waits for a person's consent. It follows the <see cref="AgentToolCallRequested"/> of the same call; the run goes on with the
/// other calls of the turn and then ends with <see cref="AgentFinishReason.ApprovalRequired"/>.
/// </summary>
/// <param name="Request">
/// The request. Answer it with <see cref="ToolApprovalRequestContent.CreateResponse"/> in a message of role user, now or after a restart:
/// see <see cref="AgentFinished.PendingApprovals"/>.
/// </param>
public sealed record AgentApprovalRequested(ToolApprovalRequestContent Request) : AgentEvent
{
    /// <summary>The call that waits.</summary>
    public FunctionCallContent Call => (FunctionCallContent)Request.ToolCall;
}
