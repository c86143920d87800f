using System.Text.Json;

namespace Agent.Tools.Templates;

/// <summary>The arguments of one call, with the schema's defaults for those that the model left out.</summary>
internal sealed class CallArguments(JsonElement arguments, JsonElement schema)
{
    /// <summary>What tells a repeated call from a new one; null outside the tool loop.</summary>
    internal string? IdempotencyKey { get; init; }

    /// <summary>The value; null counts as absent.</summary>
    internal JsonElement? Find(string name)
    {
        if (!arguments.TryGetProperty(name, out var value))
        {
            value = Default(name);
        }

        return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : value;
    }

    /// <summary>The value as text: a string's own characters, anything else as JSON; empty when it is absent.</summary>
    internal string Text(string name) => Find(name) is { } value ? Text(value) : string.Empty;

    internal static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    internal string Render(IEnumerable<TemplatePart> parts) => string.Concat(parts.Select(part => part.IsArgument ? Text(part.Text) : part.Text));

    private JsonElement Default(string name) =>
        schema.TryGetProperty("properties", out var properties)
        && properties.TryGetProperty(name, out var property)
        && property.ValueKind == JsonValueKind.Object
        && property.TryGetProperty("default", out var value)
            ? value
            : default;
}
