using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>One tool call that is ready to be carried out. Immutable.</summary>
/// <param name="Function">The tool.</param>
/// <param name="CallId">The id that call and result share in the transcript.</param>
/// <param name="Arguments">The arguments, a JSON object valid under the tool's schema.</param>
/// <param name="Round">The round of the run, from 1, in which the model made the call.</param>
public sealed record ToolInvocation(AIFunction Function, string CallId, JsonElement Arguments, int Round)
{
    /// <summary>The services of the request.</summary>
    /// <value>Null where the request brought none.</value>
    public IServiceProvider? Services { get; init; }
}
