using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Agents;

/// <summary>What makes two calls of a run the same call: the tool and the value of the arguments, however it is written.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments as canonical JSON.</param>
internal readonly record struct ToolCallKey(string Name, string Arguments)
{
    /// <summary>The key of a call. It costs a pass over the arguments, so that each call gets one only.</summary>
    public static ToolCallKey Of(string name, JsonElement arguments) => new(name, CanonicalJson.Write(arguments));
}
