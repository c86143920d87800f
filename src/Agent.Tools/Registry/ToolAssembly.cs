using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Schemas;
using Agent.Tools.Yaml;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Registry;

/// <summary>Wraps functions into tools, with what must hold across all of them: one name once, a description, a schema that can be enforced.</summary>
internal sealed class ToolAssembly(
    ITextMask mask, TimeProvider timeProvider, ILogger logger, ToolProblems problems, IReadOnlyDictionary<string, (string Owner, string Fix)> reserved)
{
    private readonly List<RegisteredTool> _tools = [];
    private readonly Dictionary<string, ToolDefinition?> _owners = new(StringComparer.Ordinal);

    internal IReadOnlyList<RegisteredTool> Tools => _tools;

    internal void Add(CreatedTool tool, ToolDefinition definition)
    {
        var function = tool.Function;
        var traits = ToolTraits.Of(tool, definition);
        if (_owners.TryGetValue(function.Name, out var first))
        {
            problems.Add(definition.Position, $"duplicate tool name \"{function.Name}\"; the first is at {first!.Position}", "Rename one of the two");
        }

        if (reserved.TryGetValue(function.Name, out var taken))
        {
            problems.Add(definition.Position, $"the tool name \"{function.Name}\" is taken by {taken.Owner}", $"Rename the tool, or {taken.Fix}");
        }

        if (string.IsNullOrWhiteSpace(function.Description))
        {
            problems.Add(definition.Position, $"tool \"{function.Name}\" has no \"description\"", "Say in one sentence what the tool does; the model chooses by it");
        }

        if (definition.RetriesPosition is { } retries && definition.Limits.Retries > 0 && !traits.IsIdempotent)
        {
            problems.Add(retries, $"\"retries\" of tool \"{definition.Name}\" needs an idempotent tool", "Write \"idempotent: true\" if running a call twice does no harm, else remove \"retries\"");
        }

        foreach (var problem in traits.Approval.Condition?.Check(function.JsonSchema) ?? [])
        {
            problems.Add(definition.ApprovalPosition, $"\"approval\" of tool \"{function.Name}\" can never be decided: {problem}", "Compare arguments of the tool with values of their own type");
        }

        if (Compile(function.Name, function.JsonSchema, definition, problems) is { } validator && _owners.TryAdd(function.Name, definition))
        {
            _tools.Add(new RegisteredTool(function, definition, definition.Limits, traits, validator, mask, timeProvider, logger));
        }
    }

    internal void Add(CreatedTool tool, ToolLimits limits)
    {
        var function = tool.Function;
        if (_owners.TryGetValue(function.Name, out var first))
        {
            throw new ArgumentException(
                $"A tool named \"{function.Name}\" is there already ({first?.Position.ToString() ?? "added in code"}); rename one of the two.",
                nameof(tool));
        }

        if (reserved.TryGetValue(function.Name, out var taken))
        {
            throw new ArgumentException($"The tool name \"{function.Name}\" is taken by {taken.Owner}. Rename the tool, or {taken.Fix}.", nameof(tool));
        }

        SchemaArgumentsValidator validator;
        try
        {
            validator = SchemaArgumentsValidator.Compile(function.Name, function.JsonSchema);
        }
        catch (JsonSchemaException exception)
        {
            throw new ArgumentException(exception.Message, nameof(tool), exception);
        }

        _owners.Add(function.Name, null);
        _tools.Add(new RegisteredTool(function, definition: null, limits, ToolTraits.Of(tool, definition: null), validator, mask, timeProvider, logger));
    }

    /// <summary>Reports parameters of the file that cannot be enforced.</summary>
    internal static void CheckParameters(ToolDefinition definition, ToolProblems problems)
    {
        // Parameters of another type than object are reported by the reader of the file.
        if (definition.Parameters is { } parameters && parameters.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"))
        {
            Compile(definition.Name, parameters, definition, problems);
        }
    }

    private static SchemaArgumentsValidator? Compile(string name, JsonElement schema, ToolDefinition definition, ToolProblems problems)
    {
        try
        {
            return SchemaArgumentsValidator.Compile(name, schema);
        }
        catch (JsonSchemaException exception)
        {
            var position = definition.ParametersSource is { } source ? YamlPointer.Position(source, exception.Pointer) : definition.Position;
            var keyword = exception.Pointer.Length == 0 ? string.Empty : $" at \"{exception.Pointer}\"";
            problems.Add(position, $"\"parameters\" of tool \"{name}\" cannot be enforced{keyword}: {exception.Problem}", exception.Fix);
            return null;
        }
    }
}
