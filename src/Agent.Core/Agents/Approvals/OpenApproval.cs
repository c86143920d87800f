using Microsoft.Extensions.AI;

namespace Agent.Core.Agents.Approvals;

/// <summary>A call of an earlier run that waited for approval and has no result yet.</summary>
/// <param name="Request">The request, as the transcript holds it.</param>
/// <param name="Call">The call.</param>
/// <param name="Decision">What became of the request.</param>
/// <param name="Reason">Why a person refused, in that person's words; null where there are none.</param>
internal sealed record OpenApproval(ToolApprovalRequestContent Request, FunctionCallContent Call, ApprovalDecision Decision, string? Reason);
