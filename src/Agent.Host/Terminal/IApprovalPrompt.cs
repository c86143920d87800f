using Microsoft.Extensions.AI;

namespace Agent.Host.Terminal;

/// <summary>Asks whoever sits at the console whether a tool call may run.</summary>
internal interface IApprovalPrompt
{
    /// <summary>Asks about one call.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    Task<ToolApprovalResponseContent> AskAsync(ToolApprovalRequestContent request, CancellationToken cancellationToken);
}
