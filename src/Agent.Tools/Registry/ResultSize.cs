using System.Text;
using System.Text.Json;
using Agent.Tools.Safety;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Registry;

/// <summary>Cuts results to a number of bytes, at a character's border, and says so.</summary>
internal static class ResultSize
{
    internal static object? Cap(object? result, int maximumBytes)
    {
        var text = result switch
        {
            string value => value,
            JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
            JsonElement element and not { ValueKind: JsonValueKind.Undefined } => element.GetRawText(),
            TextContent content => content.Text,
            _ => null,
        };
        if (text is null || text.Length * 3L <= maximumBytes)
        {
            return result;
        }

        var size = Encoding.UTF8.GetByteCount(text);
        if (size <= maximumBytes)
        {
            return result;
        }

        var cut = Cut(text, size, maximumBytes);
        return result is TextContent { AdditionalProperties: { } properties } ? new TextContent(cut) { AdditionalProperties = properties } : cut;
    }

    private static string Cut(string text, int size, int maximumBytes)
    {
        return TextCut.FitBytes(text, maximumBytes, $"\n... [truncated: the result has {size} bytes, the limit is {maximumBytes}]");
    }
}
