using System.Text.Json;
using Agent.Core.Agents;

namespace Agent.Tools.Registry;

/// <summary>Checks arguments against the schema of their tool.</summary>
internal sealed class SchemaArgumentsValidator : IArgumentsValidator
{
    private readonly string _toolName;
    private readonly IReadOnlyList<string> _required;

    private SchemaArgumentsValidator(string toolName, IReadOnlyList<string> required)
    {
        _toolName = toolName;
        _required = required;
    }

    /// <summary>The validator, or null with the reason why the schema cannot be enforced.</summary>
    internal static IArgumentsValidator? Compile(string toolName, JsonElement schema, out string? reason)
    {
        reason = null;
        var required = new List<string>();
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("required", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            {
                reason = "\"required\" must be a list of names";
                return null;
            }

            required.AddRange(list.EnumerateArray().Select(item => item.GetString()!));
        }

        return new SchemaArgumentsValidator(toolName, required);
    }

    public void Validate(JsonElement arguments)
    {
        var missing = _required.Where(name => !arguments.TryGetProperty(name, out _)).ToList();
        if (missing.Count > 0)
        {
            throw new ToolException($"Invalid arguments for {_toolName}: {string.Join("; ", missing.Select(name => $"/{name} is required"))}");
        }
    }
}
