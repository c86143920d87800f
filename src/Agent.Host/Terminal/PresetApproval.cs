using Microsoft.Extensions.AI;

namespace Agent.Host.Terminal;

/// <summary>The answer of somebody who agreed beforehand (<c>--approve</c>).</summary>
internal sealed class PresetApproval : IApprovalPrompt
{
    public Task<ToolApprovalResponseContent> AskAsync(ToolApprovalRequestContent request, CancellationToken cancellationToken) =>
        Task.FromResult(request.CreateResponse(approved: true, reason: null));
}
