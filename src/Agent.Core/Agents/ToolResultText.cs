using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Turns what a function returned into what the model reads.</summary>
internal static class ToolResultText
{
    /// <summary>
    /// Text stays as it is, contents give their text, everything else becomes JSON in the form that models know. No value at all (a function
    /// without a result) is said in words; a JSON null stays <c>null</c>.
    /// </summary>
    /// <exception cref="JsonException">The value cannot be written as JSON.</exception>
    /// <exception cref="NotSupportedException">The value's type cannot be written as JSON.</exception>
    public static string Render(object? value, JsonSerializerOptions options) => value switch
    {
        null => ToolResultTexts.NoContent,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.Undefined } => ToolResultTexts.NoContent,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        JsonElement element => ToolResultJson.Write(element),
        AIContent content => Render(content),
        IEnumerable<AIContent> contents => string.Join('\n', contents.Select(Render)),
        _ => ToolResultJson.Write(JsonSerializer.SerializeToElement(value, options.GetTypeInfo(value.GetType()))),
    };

    private static string Render(AIContent content) => content switch
    {
        TextContent text => text.Text,
        DataContent data => ToolResultTexts.BinaryContent(data.MediaType, data.Data.Length),
        _ => ToolResultTexts.OtherContent(content.GetType().Name),
    };
}
