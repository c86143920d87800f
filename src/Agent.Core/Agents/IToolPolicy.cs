using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>
/// What the loop must know of a tool before it carries out a call. A function offers it through <see cref="AITool.GetService"/>;
/// one that does not only reads, is not counted, and needs no approval unless it is an <see cref="ApprovalRequiredAIFunction"/>.
/// Implementations are immutable.
/// </summary>
public interface IToolPolicy
{
    /// <summary>Whether calls change something. One that does is carried out once in a run for the same arguments.</summary>
    ToolEffects Effects { get; }

    /// <summary>Calls that one run may make, at least 1; null for no limit of its own.</summary>
    int? MaxCallsPerRun { get; }

    /// <summary>Whether a person must agree before this call is carried out.</summary>
    /// <param name="arguments">The arguments, an object valid under the tool's schema.</param>
    bool RequiresApproval(JsonElement arguments);
}
