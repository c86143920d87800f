using System.Text.Json;
using Agent.Core.Chat.Template;

namespace Agent.Core.Tests.Chat.Template;

/// <summary>A conversation with the text that the reference Jinja template rendered for it.</summary>
internal sealed record QwenTemplateCase(
    string Id,
    IReadOnlyList<TemplateMessage> Messages,
    IReadOnlyList<JsonElement> Tools,
    bool AddGenerationPrompt,
    string? Expected)
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "data", "qwen25_template_cases.jsonl");

    public static IReadOnlyDictionary<string, QwenTemplateCase> All { get; } =
        File.ReadLines(Path)
            .Where(line => line.Length > 0)
            .Select(line => Parse(JsonElement.Parse(line)))
            .ToDictionary(c => c.Id);

    private static QwenTemplateCase Parse(JsonElement line) => new(
        line.GetProperty("id").GetString()!,
        [.. line.GetProperty("messages").EnumerateArray().Select(ParseMessage)],
        line.GetProperty("tools") is { ValueKind: JsonValueKind.Array } tools ? [.. tools.EnumerateArray()] : [],
        line.GetProperty("add_generation_prompt").GetBoolean(),
        line.GetProperty("expected").GetString());

    // Content that is not text has no form in a TemplateMessage: it arrives as missing content.
    private static TemplateMessage ParseMessage(JsonElement message) => new(
        message.GetProperty("role").GetString()!,
        message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString() : null,
        message.TryGetProperty("tool_calls", out var calls) ? [.. calls.EnumerateArray().Select(ParseCall)] : null);

    private static TemplateToolCall ParseCall(JsonElement call)
    {
        var function = call.TryGetProperty("function", out var inner) ? inner : call;
        return new TemplateToolCall(function.GetProperty("name").GetString()!, function.GetProperty("arguments"));
    }
}
