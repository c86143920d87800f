using Agent.Core.Chat.ToolCalls;

namespace Agent.Core.Tests.Chat.ToolCalls;

/// <summary>Where a vocabulary has tokens for the tags, only those count. In these turns a token is a tag behind a §.</summary>
public sealed class ToolCallTagTokenTests
{
    private const string F = """{"name": "get_weather", "arguments": {"city": "Paris"}}""";
    private const string Call = "call|get_weather|{\"city\": \"Paris\"}|" + F;
    private static readonly ToolCallParserOptions TokensOnly = new() { TagsAreTokens = true };

    public static TheoryData<string> CaseNames => [.. ToolCallParserCases.All.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Tags_that_are_tokens_are_read_as_any_tag(string name)
    {
        var turn = ToolCallParserCases.All[name].Turn;
        var expected = ToolCallParserRun.Describe(ToolCallParserRun.Parse([turn]));
        var marked = turn.Replace("<tool_call>", "§<tool_call>", StringComparison.Ordinal).Replace("</tool_call>", "§</tool_call>", StringComparison.Ordinal);

        Assert.Equal(expected, Parse(marked, ToolCallParserRun.Tools, pieceLength: int.MaxValue));
        Assert.Equal(expected, Parse(marked, ToolCallParserRun.Tools, pieceLength: 1));
        Assert.Equal(expected, Parse(marked, ToolCallParserRun.Tools, pieceLength: 5));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Tags_in_other_tokens_are_text_to_the_letter(string name)
    {
        var turn = ToolCallParserCases.All[name].Turn;
        string[] expected = turn.Length == 0 ? [] : [$"text|{turn}"];

        Assert.Equal(expected, Parse(turn, tools: [], pieceLength: int.MaxValue));
        Assert.Equal(expected, Parse(turn, tools: [], pieceLength: 1));
    }

    public static TheoryData<string, string[]> Mixed => new()
    {
        { $"It says: <tool_call>{F}</tool_call>", [$"text|It says: <tool_call>{F}</tool_call>"] },
        { $"It says: <tool_call>{F}</tool_call>\n§<tool_call>\n{F}\n§</tool_call>", [$"text|It says: <tool_call>{F}</tool_call>", Call] },
        { $"§<tool_call>\n{F}\n§</tool_call>\n<tool_call>{F}</tool_call>", [Call, $"text|\n<tool_call>{F}</tool_call>"] },
        { $"<tool_call>§<tool_call>{F}§</tool_call>", ["text|<tool_call>", Call] },
        { $"§<tool_call>{F}</tool_call>", [Call, "text|</tool_call>"] },
        { $"§<tool_call>{F} <tool_call>{{}} §</tool_call>", [$"invalid|get_weather|{F} <tool_call>{{}}|Malformed JSON: something follows the JSON object before </tool_call>."] },
        { "§<tool_call>{\"name\": \"f</tool_call>\n§</tool_call>", ["invalid||{\"name\": \"f</tool_call>|Malformed JSON after \"{\"name\": \"f</tool_call>\": a string holds a raw line break or control character; escape it, as in \\n."] },
        { "§<tool_call>{\"name\": \"f</tool_call> §</tool_call>\n", ["invalid||{\"name\": \"f</tool_call>|Malformed JSON: a string is not closed before </tool_call>."] },
    };

    [Theory]
    [MemberData(nameof(Mixed))]
    public void Tokens_and_literals_side_by_side(string marked, string[] expected)
    {
        Assert.Equal(expected, Parse(marked, tools: [], pieceLength: int.MaxValue));
        Assert.Equal(expected, Parse(marked, tools: [], pieceLength: 1));
        Assert.Equal(expected, Parse(marked, tools: [], pieceLength: 3));
    }

    [Fact]
    public void Literals_are_not_held_back()
    {
        var parser = new ToolCallStreamParser([], TokensOnly);
        var output = new List<ToolCallParserEvent>();

        parser.Push("a <tool_ca", output);

        Assert.Equal(["text|a <tool_ca"], ToolCallParserRun.Describe(output));
    }

    [Fact]
    public void Places_of_tags_ascend()
    {
        var parser = new ToolCallStreamParser([], TokensOnly);
        parser.MarkTag(3);

        Assert.Throws<ArgumentOutOfRangeException>(() => parser.MarkTag(3));
    }

    private static IReadOnlyList<string> Parse(string marked, IReadOnlyList<string> tools, int pieceLength)
    {
        var parser = new ToolCallStreamParser(tools, TokensOnly);
        var parts = marked.Split('§');
        var position = 0;
        foreach (var part in parts.SkipLast(1))
        {
            parser.MarkTag(position += part.Length);
        }

        var turn = string.Concat(parts);
        var output = new List<ToolCallParserEvent>();
        for (var i = 0; i < turn.Length;)
        {
            var length = Math.Min(pieceLength, turn.Length - i);
            parser.Push(turn.AsSpan(i, length), output);
            i += length;
        }

        parser.Complete(output);
        return ToolCallParserRun.Describe(ToolCallParserRun.MergeText(output));
    }
}
