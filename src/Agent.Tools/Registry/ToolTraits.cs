using Agent.Core.Agents;
using Agent.Tools.Approval;

namespace Agent.Tools.Registry;

/// <summary>What a tool does to the world, as far as the registry knows. Immutable.</summary>
/// <param name="IsIdempotent">Whether running a call twice does no harm.</param>
/// <param name="Effects">Whether a call changes something.</param>
/// <param name="Approval">When a person must agree.</param>
internal sealed record ToolTraits(bool IsIdempotent, ToolEffects Effects, ToolApproval Approval)
{
    /// <summary>What the file says, then what the kind says; a tool that changes something asks unless the file says otherwise.</summary>
    internal static ToolTraits Of(CreatedTool tool, ToolDefinition definition)
    {
        var effects = definition.Effects ?? tool.Effects;
        return new ToolTraits(
            definition.IsIdempotent ?? tool.IsIdempotent,
            effects,
            definition.Approval ?? (effects == ToolEffects.Write ? ToolApproval.Always : ToolApproval.Never));
    }
}
