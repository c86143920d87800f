using System.Text.Json;

namespace Agent.Core.Schemas;

/// <summary>
/// A compiled JSON Schema (the keywords of draft 2020-12 that describe data, and <c>nullable</c> of OpenAPI). Immutable
/// and thread-safe.
/// </summary>
/// <remarks>
/// Every keyword is either enforced, or a known annotation, or an error when compiled: nothing is loosened silently.
/// Checking takes bounded time and stack on any value; a value that asks for more is refused.
/// </remarks>
public sealed class JsonSchema
{
    private readonly SchemaNode _root;
    private readonly JsonSchemaLimits _limits;
    private readonly string _rootName;

    private JsonSchema(SchemaNode root, JsonSchemaLimits limits, string rootName)
    {
        _root = root;
        _limits = limits;
        _rootName = rootName;
    }

    /// <summary>The schema as it was given; independent of the document that it came from.</summary>
    public JsonElement Source => _root.Source;

    /// <summary>Compiles a schema.</summary>
    /// <param name="schema">An object, or true (anything) or false (nothing).</param>
    /// <param name="limits">Bounds; null for <see cref="JsonSchemaLimits.Default"/>.</param>
    /// <exception cref="JsonSchemaException">The schema is malformed, too large, or holds a keyword that cannot be enforced.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is less than 1.</exception>
    public static JsonSchema Compile(JsonElement schema, JsonSchemaLimits? limits = null) =>
        Compile(toolName: null, schema, limits);

    /// <summary>Compiles the parameters of a tool, which must be a schema of type <c>object</c>; errors name the tool.</summary>
    /// <param name="toolName">Name of the tool.</param>
    /// <param name="schema">Schema of its arguments.</param>
    /// <param name="limits">Bounds; null for <see cref="JsonSchemaLimits.Default"/>.</param>
    /// <exception cref="JsonSchemaException">As for <see cref="Compile(JsonElement, JsonSchemaLimits?)"/>, or the schema does not describe an object.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is less than 1.</exception>
    public static JsonSchema CompileForTool(string toolName, JsonElement schema, JsonSchemaLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(toolName);
        return Compile(toolName, schema, limits);
    }

    /// <summary>Checks a value.</summary>
    /// <returns>What is wrong with it, in the order of the schema; empty if it fits.</returns>
    public IReadOnlyList<SchemaViolation> Validate(JsonElement instance)
    {
        if (instance.ValueKind == JsonValueKind.Undefined)
        {
            return [new SchemaViolation("", $"{_rootName} must be given, but there is no value")];
        }

        if (new InstanceScan(_limits.MaxInstanceDepth, _limits.MaxSteps).Run(instance) is { } unsound)
        {
            return [unsound];
        }

        var evaluation = new SchemaEvaluation(_limits, _rootName);
        _root.Evaluate(instance, evaluation);
        return evaluation.IsExhausted
            ? [new SchemaViolation("", $"{_rootName} cannot be checked against the schema within the allowed work; make it smaller and simpler")]
            : [.. evaluation.Findings.Select(finding => finding.Violation)];
    }

    private static JsonSchema Compile(string? toolName, JsonElement schema, JsonSchemaLimits? limits)
    {
        limits ??= JsonSchemaLimits.Default;
        limits.Validate();
        var root = new SchemaCompiler(toolName, limits).Compile(schema);
        return new JsonSchema(root, limits, toolName is null ? "the value" : "the arguments");
    }
}
