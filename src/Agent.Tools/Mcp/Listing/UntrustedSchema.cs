using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Core.Names;

namespace Agent.Tools.Mcp.Listing;

/// <summary>
/// Takes hidden characters out of a server's schema, wherever a model reads a text. What arguments are compared with (names,
/// <c>enum</c>, <c>const</c>, patterns) stays as it is, since another value would be another schema: a tool with hidden characters there is refused.
/// </summary>
internal static class UntrustedSchema
{
    private static readonly HashSet<string> Texts = ["title", "description", "$comment", "$schema", "$id", "contentEncoding", "contentMediaType"];
    private static readonly HashSet<string> Examples = ["default", "example", "examples"];
    private static readonly HashSet<string> Compared = ["enum", "const"];

    // The keys of these are names of the server's choice, which may be spelt like any keyword.
    private static readonly HashSet<string> MapsOfSchemas = ["properties", "patternProperties", "$defs", "definitions"];

    /// <summary>The schema without hidden characters, and how many there were.</summary>
    internal static JsonElement Clean(JsonElement schema, out int removed)
    {
        removed = 0;
        var node = JsonNode.Parse(schema.GetRawText());
        CleanSchema(node, ref removed);
        return removed == 0 ? schema : JsonSerializer.SerializeToElement(node);
    }

    /// <summary>
    /// The first hidden character that is left after cleaning: in names, <c>enum</c>, <c>const</c>, patterns, and under keywords that are none.
    /// A model would read it, and a person who reviews the schema would not.
    /// </summary>
    /// <returns>The JSON pointer of its place, without hidden characters, and the character; null where there is none.</returns>
    internal static (string Pointer, Rune Character)? FindHidden(JsonElement schema) => FindHidden(schema, string.Empty);

    private static (string Pointer, Rune Character)? FindHidden(JsonElement element, string pointer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return UntrustedText.FirstHidden(element.GetString()!) is { } character ? (pointer, character) : null;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select((item, i) => FindHidden(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{i}"))).FirstOrDefault(found => found is not null);
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    var below = JsonPointer.Append(pointer, UntrustedText.Clean(property.Name, out _));
                    if (UntrustedText.FirstHidden(property.Name) is { } hidden)
                    {
                        return (below, hidden);
                    }

                    if (FindHidden(property.Value, below) is { } found)
                    {
                        return found;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static void CleanSchema(JsonNode? node, ref int removed)
    {
        switch (node)
        {
            case JsonObject schema:
                foreach (var (keyword, value) in schema.ToList())
                {
                    if (Texts.Contains(keyword) || Examples.Contains(keyword))
                    {
                        CleanTexts(value, ref removed);
                    }
                    else if (MapsOfSchemas.Contains(keyword) && value is JsonObject map)
                    {
                        foreach (var (_, each) in map)
                        {
                            CleanSchema(each, ref removed);
                        }
                    }
                    else if (!Compared.Contains(keyword))
                    {
                        CleanSchema(value, ref removed);
                    }
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    CleanSchema(item, ref removed);
                }

                break;
        }
    }

    private static void CleanTexts(JsonNode? node, ref int removed)
    {
        switch (node)
        {
            case JsonObject mapping:
                foreach (var (_, value) in mapping.ToList())
                {
                    CleanTexts(value, ref removed);
                }

                break;
            case JsonArray list:
                foreach (var item in list.ToList())
                {
                    CleanTexts(item, ref removed);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = UntrustedText.Clean(value.GetValue<string>(), out var count);
                if (count > 0)
                {
                    value.ReplaceWith(text);
                    removed += count;
                }

                break;
        }
    }
}
