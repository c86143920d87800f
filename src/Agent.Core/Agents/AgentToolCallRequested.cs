using System.Text.Json;

namespace Agent.Core.Agents;

/// <summary>
/// The model asked for a tool. An <see cref="AgentToolCallFinished"/> with the same id follows, unless the call is one of
/// the <see cref="AgentFinished.PendingCalls"/> that the caller carries out.
/// </summary>
/// <param name="CallId">The id that call and result share; one of its own where the server repeated an id of the transcript.</param>
/// <param name="Name">The tool's name as the model wrote it; not necessarily the name of a tool.</param>
/// <param name="Arguments">The arguments, a JSON object; empty where the model's call could not be read.</param>
/// <param name="ArgumentsJson">The same arguments as compact JSON.</param>
public sealed record AgentToolCallRequested(string CallId, string Name, JsonElement Arguments, string ArgumentsJson) : AgentEvent;
