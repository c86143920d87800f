using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Json;
using Agent.Tools.Mcp.Listing;
using Agent.Tools.Safety;

namespace Agent.Tools.Mcp;

/// <summary>
/// Turns what a tool answered into one result: structured content as it is, texts as text, and what a model that reads text
/// cannot use only by its name.
/// </summary>
internal static class McpResult
{
    internal const int LongestError = 2_000;

    /// <summary>A <see cref="JsonElement"/> or a text.</summary>
    /// <exception cref="ToolException">The tool says that it failed, or the answer is none.</exception>
    internal static object Read(JsonElement result, string tool, SecretRedactor redactor)
    {
        if (result.ValueKind != JsonValueKind.Object)
        {
            throw new ToolException($"the server of {tool} answered with something that is no result");
        }

        var parts = new List<string>();
        var onlyText = true;
        foreach (var block in JsonRead.Items(result, "content"))
        {
            onlyText &= IsText(block);
            parts.Add(redactor.Redact(Describe(block)));
        }

        var text = string.Join('\n', parts.Where(part => part.Length > 0));
        if (JsonRead.Flag(result, "isError") is true)
        {
            throw new ToolException(text.Length == 0 ? $"{tool} failed and does not say why" : $"{tool} failed: {Cap(text)}");
        }

        if (result.TryGetProperty("structuredContent", out var structured) && structured.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            // The texts beside it say the same once more, for clients that cannot read it.
            return onlyText ? Redact(structured, redactor) : $"{redactor.Redact(structured.GetRawText())}\n{text}";
        }

        return text.Length == 0 ? "done (no content)" : text;
    }

    private static bool IsText(JsonElement block) => JsonRead.Text(block, "type") == "text";

    private static string Describe(JsonElement block) => JsonRead.Text(block, "type") switch
    {
        "text" => JsonRead.Text(block, "text") ?? string.Empty,
        "resource_link" => $"[resource {Named(block)}]",
        "resource" when block.TryGetProperty("resource", out var resource) => JsonRead.Text(resource, "text") is { } text
            ? $"[resource {Named(resource)}]\n{text}"
            : $"[resource {Named(resource)}, {Size(resource, "blob")}, not shown]",
        "image" or "audio" => $"[{JsonRead.Text(block, "type")} {JsonRead.Text(block, "mimeType") ?? "of an unknown type"}, {Size(block, "data")}, not shown]",
        { } other => $"[content of type {UntrustedText.OneLine(other, 64)}, not shown]",
        null => "[content without a type, not shown]",
    };

    private static string Named(JsonElement resource)
    {
        var words = new[] { JsonRead.Text(resource, "title") ?? JsonRead.Text(resource, "name"), JsonRead.Text(resource, "uri"), JsonRead.Text(resource, "mimeType"), JsonRead.Text(resource, "description") };
        return UntrustedText.OneLine(string.Join(' ', words.Where(word => !string.IsNullOrEmpty(word))), 1_000);
    }

    private static string Size(JsonElement block, string key) => $"{(JsonRead.Text(block, key)?.Length ?? 0) / 4L * 3} bytes";

    private static object Redact(JsonElement value, SecretRedactor redactor)
    {
        var raw = value.GetRawText();
        var text = redactor.Redact(raw);
        if (text == raw)
        {
            return value;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A secret that is a number leaves no JSON behind.
            return text;
        }
    }

    private static string Cap(string text) => TextCut.Head(UntrustedText.Clean(text, out _).Trim(), LongestError);
}
