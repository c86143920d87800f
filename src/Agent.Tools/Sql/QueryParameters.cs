using System.Text.Json;
using Agent.Tools.Registry;

namespace Agent.Tools.Sql;

/// <summary>Arguments of a call as values that a database binds: texts, whole numbers, numbers, truth values, null.</summary>
internal static class QueryParameters
{
    private static readonly string[] Types = ["string", "integer", "number", "boolean", "null"];

    /// <summary>Reports the parameters of an entry that no database can bind.</summary>
    internal static void Check(ToolDefinition definition, ToolProblems problems)
    {
        foreach (var property in Properties(definition))
        {
            if (!IsScalar(property.Value))
            {
                problems.Add(
                    definition.ParametersPosition,
                    $"parameter \"{property.Name}\" of tool \"{definition.Name}\" is no single value",
                    "Give it the type string, integer, number or boolean; SQL parameters hold no lists and objects");
            }
        }
    }

    /// <summary>The names that the schema of an entry declares.</summary>
    internal static IReadOnlyList<string> Names(ToolDefinition definition) => [.. Properties(definition).Select(property => property.Name)];

    /// <summary>A value for every parameter, in the absence of an argument the schema's default or null.</summary>
    internal static Dictionary<string, object?> Bind(ToolDefinition definition, JsonElement arguments)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in Properties(definition))
        {
            var isGiven = arguments.TryGetProperty(property.Name, out var value) || property.Value.TryGetProperty("default", out value);
            values.Add(property.Name, isGiven ? Value(value) : null);
        }

        return values;
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,

        // 20.0 is a whole number in JSON Schema, and LIMIT takes nothing else.
        JsonValueKind.Number when value.GetDouble() is var number && Math.Abs(number) < 9e15 && Math.Floor(number).Equals(number) => (long)number,
        JsonValueKind.Number => value.GetDouble(),
        _ => null,
    };

    private static JsonElement.ObjectEnumerator Properties(ToolDefinition definition) =>
        definition.Parameters is { } schema && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject()
            : default;

    private static bool IsScalar(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type))
        {
            return schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("enum", out _);
        }

        return type.ValueKind switch
        {
            JsonValueKind.String => Types.Contains(type.GetString(), StringComparer.Ordinal),
            JsonValueKind.Array => type.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && Types.Contains(item.GetString(), StringComparer.Ordinal)),
            _ => false,
        };
    }
}
