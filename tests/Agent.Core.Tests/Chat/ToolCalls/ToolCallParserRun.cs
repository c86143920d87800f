using Agent.Core.Chat.Template;
using Agent.Core.Chat.ToolCalls;

namespace Agent.Core.Tests.Chat.ToolCalls;

/// <summary>Feeds a parser and writes what came out as lines that a test can compare.</summary>
internal static class ToolCallParserRun
{
    public static IReadOnlyList<string> Tools { get; } = ["get_weather", "search", "查询天气"];

    /// <summary>Events of a turn that arrives in pieces; neighbouring pieces of text are one event.</summary>
    public static IReadOnlyList<ToolCallParserEvent> Parse(IEnumerable<string> pieces, ToolCallParserOptions? options = null)
    {
        var parser = new ToolCallStreamParser(Tools, options);
        var output = new List<ToolCallParserEvent>();
        foreach (var piece in pieces)
        {
            parser.Push(piece, output);
        }

        parser.Complete(output);
        Assert.DoesNotContain(output, e => e is ToolCallParserEvent.Text { Value.Length: 0 });
        return MergeText(output);
    }

    /// <summary>
    /// <c>text|…</c>, <c>call|name|arguments|raw</c> (raw only where it differs from what the case says by itself) and
    /// <c>invalid|name|raw|error</c>.
    /// </summary>
    public static IReadOnlyList<string> Describe(IEnumerable<ToolCallParserEvent> events) => [.. events.Select(Describe)];

    private static string Describe(ToolCallParserEvent e) => e switch
    {
        ToolCallParserEvent.Text text => $"text|{text.Value}",
        ToolCallParserEvent.ToolCall call => $"call|{call.Name}|{PythonJson.Write(call.Arguments)}|{call.RawText}",
        ToolCallParserEvent.InvalidToolCall invalid => $"invalid|{invalid.Name}|{invalid.RawText}|{invalid.Error}",
        _ => throw new InvalidOperationException($"No description for {e.GetType()}."),
    };

    public static List<ToolCallParserEvent> MergeText(List<ToolCallParserEvent> events)
    {
        var merged = new List<ToolCallParserEvent>();
        foreach (var e in events)
        {
            if (e is ToolCallParserEvent.Text next && merged is [.., ToolCallParserEvent.Text last])
            {
                merged[^1] = new ToolCallParserEvent.Text(last.Value + next.Value);
            }
            else
            {
                merged.Add(e);
            }
        }

        return merged;
    }
}
