using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp.Serving;

/// <summary>Turns what a tool returned into what a client gets, never more of it than the tool's limit.</summary>
internal static class McpToolResults
{
    private const string NoContent = "Done. The tool returned no content.";
    private const int MaxErrorBytes = 2_048;

    // Escaped, every character beyond ASCII would take a model several tokens.
    private static readonly JsonSerializerOptions Readable = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    internal static CallToolResult Failure(string message) => new()
    {
        IsError = true,
        Content = [new TextContentBlock { Text = Cap(message, MaxErrorBytes) }],
    };

    /// <summary>A result; one that is a JSON object comes as such too.</summary>
    /// <param name="value">What the tool returned.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="mask">Hides what the client's model must not read.</param>
    /// <exception cref="NotSupportedException">The value cannot be written as JSON.</exception>
    /// <exception cref="JsonException">The value cannot be written as JSON.</exception>
    internal static CallToolResult Success(object? value, RegisteredTool tool, Func<string, string> mask)
    {
        if (value is IEnumerable<AIContent> contents)
        {
            return new CallToolResult { Content = Blocks(contents, tool.Limits.MaxResultBytes, mask) };
        }

        if (value is AIContent and not TextContent)
        {
            return new CallToolResult { Content = Blocks([(AIContent)value], tool.Limits.MaxResultBytes, mask) };
        }

        var whole = mask(Text(value, tool.JsonSerializerOptions));
        var shown = Cap(whole, tool.Limits.MaxResultBytes);
        var result = new CallToolResult { Content = [new TextContentBlock { Text = shown }] };
        if (ReferenceEquals(whole, shown))
        {
            result.StructuredContent = JsonObject(shown);
        }

        if (ToolResultNotice.Of(value) is { } notice)
        {
            result.Content.Add(new TextContentBlock { Text = $"Say so in the answer: {notice}." });
        }

        return result;
    }

    private static string Text(object? value, JsonSerializerOptions options) => value switch
    {
        null or JsonElement { ValueKind: JsonValueKind.Undefined } => NoContent,
        string text => text,
        TextContent content => content.Text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        JsonElement element => JsonSerializer.Serialize(element, Readable),
        _ => JsonSerializer.Serialize(JsonSerializer.SerializeToElement(value, options.GetTypeInfo(value.GetType())), Readable),
    };

    private static List<ContentBlock> Blocks(IEnumerable<AIContent> contents, int maximumBytes, Func<string, string> mask)
    {
        var blocks = new List<ContentBlock>();
        var room = maximumBytes;
        foreach (var content in contents)
        {
            ContentBlock block = content switch
            {
                TextContent text => new TextContentBlock { Text = Cap(mask(text.Text), room) },
                DataContent data when data.Data.Length <= room => Data(data),
                DataContent data => new TextContentBlock { Text = $"[{data.MediaType}, {data.Data.Length} bytes, not shown: the limit is {maximumBytes} bytes]" },
                _ => new TextContentBlock { Text = $"[{content.GetType().Name}, not shown]" },
            };
            blocks.Add(block);
            room -= block is TextContentBlock shown ? Encoding.UTF8.GetByteCount(shown.Text) : ((DataContent)content).Data.Length;
            if (room <= 0)
            {
                break;
            }
        }

        return blocks.Count > 0 ? blocks : [new TextContentBlock { Text = NoContent }];
    }

    /// <summary>The content without its additional properties, which are the application's own.</summary>
    private static ContentBlock Data(DataContent data) => new DataContent(data.Data, data.MediaType).ToContentBlock();

    private static string Cap(string text, int maximumBytes) => (string)ResultSize.Cap(text, maximumBytes)!;

    private static JsonElement? JsonObject(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
