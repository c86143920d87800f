using Agent.Core.Agents;
using Agent.Tools.Approval;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Registry;

/// <summary>A function that a kind made from an entry, and what the kind knows of it.</summary>
/// <param name="Function">The function; the registry wraps it with validation and limits.</param>
public sealed record CreatedTool(AIFunction Function)
{
    /// <summary>Whether running a call twice does no harm, as far as the kind can tell; <c>idempotent</c> of the file wins.</summary>
    /// <value>false.</value>
    public bool IsIdempotent { get; init; }

    /// <summary>Whether a call changes something, as far as the kind can tell; <c>effects</c> of the file wins.</summary>
    /// <value><see cref="ToolEffects.Write"/>: a kind that cannot tell is careful.</value>
    public ToolEffects Effects { get; init; } = ToolEffects.Write;

    /// <summary>When a person must agree before a call runs; <c>approval</c> of the file wins.</summary>
    /// <value>null: always where calls change something, else never.</value>
    public ToolApproval? Approval { get; init; }
}
