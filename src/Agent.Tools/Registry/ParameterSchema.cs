using System.Text.Json;

namespace Agent.Tools.Registry;

/// <summary>Schemas of arguments that are the same for every kind.</summary>
internal static class ParameterSchema
{
    /// <summary>That of a tool without <c>parameters</c>.</summary>
    internal static JsonElement None { get; } = JsonElement.Parse("""{"type":"object","properties":{}}""");
}
