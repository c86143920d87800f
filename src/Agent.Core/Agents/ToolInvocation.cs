using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>One tool call that is ready to be carried out. Immutable.</summary>
/// <param name="Function">The tool.</param>
/// <param name="CallId">The id that call and result share in the transcript.</param>
/// <param name="Arguments">The arguments, a JSON object valid under the tool's schema.</param>
/// <param name="Round">The round of the run, from 1, in which the model made the call; 0 for a call of an earlier run that was approved since.</param>
public sealed record ToolInvocation(AIFunction Function, string CallId, JsonElement Arguments, int Round)
{
    /// <summary>The same for every attempt to carry out this call, in this run or a resumed one; see <see cref="ToolCallContext"/>.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>What functions remember for the length of the run.</summary>
    /// <value>A bag of its own where nobody gives one.</value>
    public ToolRunState RunState { get; init; } = new();

    /// <summary>The services of the request.</summary>
    /// <value>Null where the request brought none.</value>
    public IServiceProvider? Services { get; init; }
}
