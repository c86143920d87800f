using System.Text.Json;

namespace Agent.Core.Chat.Template;

/// <summary>A tool call of an earlier assistant turn, as the template renders it.</summary>
/// <param name="Name">Name of the tool, rendered as it is.</param>
/// <param name="Arguments">
/// Arguments, rendered as they are: a string element is rendered as a JSON string, so text of the wire goes through
/// <see cref="FromWire"/> first. An undefined element renders as <c>{}</c>.
/// </param>
/// <param name="RawText">
/// Text between the tags of a call that the model wrote malformed. When it is set, it is rendered in place of
/// <paramref name="Name"/> and <paramref name="Arguments"/>, so that the model sees what it wrote. Null by default.
/// </param>
public sealed record TemplateToolCall(string Name, JsonElement Arguments, string? RawText = null)
{
    /// <summary>Makes a call out of the wire form, whose arguments are a JSON text.</summary>
    /// <param name="name">Name of the tool.</param>
    /// <param name="argumentsText">
    /// The arguments. Null, empty or blank means <c>{}</c>. Text that is not JSON (or nests deeper than 64 levels) is
    /// kept as a string, so that nothing of it is lost.
    /// </param>
    public static TemplateToolCall FromWire(string name, string? argumentsText)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (string.IsNullOrWhiteSpace(argumentsText))
        {
            return new TemplateToolCall(name, ModelJson.EmptyObject);
        }

        var arguments = ModelJson.TryParse(argumentsText, out var parsed)
            ? parsed
            : JsonSerializer.SerializeToElement(argumentsText);
        return new TemplateToolCall(name, arguments);
    }

    /// <summary>Makes a call that renders text the model wrote between the tags, verbatim.</summary>
    /// <param name="rawText">The text between the tags, without the line breaks next to them.</param>
    /// <param name="name">Name of the tool where it could be read; it is not rendered.</param>
    public static TemplateToolCall FromMalformed(string rawText, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(rawText);
        return new TemplateToolCall(name ?? string.Empty, ModelJson.EmptyObject, rawText);
    }
}
