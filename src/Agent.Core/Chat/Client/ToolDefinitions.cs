using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>Writes tools in the form that models are trained on.</summary>
internal static class ToolDefinitions
{
    /// <summary>The definitions, in the order of the tools.</summary>
    /// <exception cref="NotSupportedException">A tool is none that a model in this process can call.</exception>
    /// <exception cref="ArgumentException">Two tools have one name.</exception>
    public static IReadOnlyList<(string Name, JsonElement Definition)> From(IEnumerable<AITool>? tools)
    {
        var definitions = new List<(string, JsonElement)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in tools ?? [])
        {
            var function = tool as AIFunctionDeclaration ?? tool.GetService<AIFunctionDeclaration>()
                ?? throw new NotSupportedException($"The tool '{tool.Name}' is a {tool.GetType().Name}, which is hosted by a service; a model in this process calls functions only. Remove it from ChatOptions.Tools.");
            if (!names.Add(function.Name))
            {
                throw new ArgumentException($"Two tools are called '{function.Name}'. Give one of them another name.", nameof(tools));
            }

            definitions.Add((function.Name, Write(function)));
        }

        return definitions;
    }

    private static JsonElement Write(AIFunctionDeclaration function)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, function.Name);
            json.WriteString("description"u8, function.Description);
            json.WritePropertyName("parameters"u8);
            function.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.ToArray());
    }
}
