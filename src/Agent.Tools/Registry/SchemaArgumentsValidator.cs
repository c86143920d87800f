using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Schemas;

namespace Agent.Tools.Registry;

/// <summary>Checks arguments against the schema of their tool.</summary>
internal sealed class SchemaArgumentsValidator : IArgumentsValidator
{
    private readonly string _toolName;
    private readonly JsonSchema _schema;

    private SchemaArgumentsValidator(string toolName, JsonSchema schema)
    {
        _toolName = toolName;
        _schema = schema;
    }

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="JsonSchemaException">The schema cannot be enforced.</exception>
    internal static SchemaArgumentsValidator Compile(string toolName, JsonElement schema) => new(toolName, JsonSchema.CompileForTool(toolName, schema));

    public void Validate(JsonElement arguments)
    {
        var violations = _schema.Validate(arguments);
        if (violations.Count > 0)
        {
            throw new ToolException($"Invalid arguments for {_toolName}: {string.Join("; ", violations)}.");
        }
    }
}
