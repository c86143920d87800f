using Agent.Core.Agents;
using Agent.Tools.Approval;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Registry;

/// <summary>What a tool does to the world, as far as the registry knows. Immutable.</summary>
/// <param name="IsIdempotent">Whether running a call twice does no harm.</param>
/// <param name="Effects">Whether a call changes something.</param>
/// <param name="Approval">When a person must agree.</param>
internal sealed record ToolTraits(bool IsIdempotent, ToolEffects Effects, ToolApproval Approval)
{
    /// <summary>What the file says, then what kind or code say; a tool that changes something asks unless one of them says otherwise.</summary>
    /// <param name="tool">The function, with what is known of it.</param>
    /// <param name="definition">The entry of the file; null for a function that C# code added.</param>
    internal static ToolTraits Of(CreatedTool tool, ToolDefinition? definition)
    {
        var effects = definition?.Effects ?? tool.Effects;
        var asks = effects == ToolEffects.Write || tool.Function.GetService<ApprovalRequiredAIFunction>() is not null;
        return new ToolTraits(
            definition?.IsIdempotent ?? tool.IsIdempotent,
            effects,
            definition?.Approval ?? tool.Approval ?? (asks ? ToolApproval.Always : ToolApproval.Never));
    }
}
