using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Core.Schemas;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Compiled parameter schemas, one per tool for as long as the tool lives. Thread-safe.</summary>
internal static class ToolSchemas
{
    private static readonly ConditionalWeakTable<AIFunctionDeclaration, JsonSchema> Compiled = [];

    /// <summary>The schema of a tool's arguments; null where the tool declares none.</summary>
    /// <exception cref="JsonSchemaException">The schema cannot be enforced as written.</exception>
    public static JsonSchema? Of(AIFunctionDeclaration declaration)
    {
        var source = declaration.JsonSchema;
        return source.ValueKind is JsonValueKind.Undefined or JsonValueKind.True
            || (source.ValueKind == JsonValueKind.Object && source.GetPropertyCount() == 0)
            ? null
            : Compiled.GetValue(declaration, static d => JsonSchema.CompileForTool(d.Name, d.JsonSchema));
    }
}
