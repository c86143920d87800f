using Agent.Core.Chat.ToolCalls;

namespace Agent.Core.Tests.Chat.ToolCalls;

public sealed class ToolCallStreamParserTests
{
    private const string Valid = """{"name": "search", "arguments": {"q": "x"}}""";

    public static TheoryData<string> CaseNames => [.. ToolCallParserCases.All.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Reads(string name)
    {
        var (turn, expected) = ToolCallParserCases.All[name];

        var events = ToolCallParserRun.Parse([turn]);

        Assert.Equal(expected.Length, events.Count);
        Assert.All(events.Zip(expected), pair => AssertDescribes(pair.Second, pair.First));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Reads_the_same_at_every_split(string name)
    {
        var (turn, _) = ToolCallParserCases.All[name];
        var whole = ToolCallParserRun.Describe(ToolCallParserRun.Parse([turn]));

        for (var i = 0; i <= turn.Length; i++)
        {
            Assert.Equal(whole, ToolCallParserRun.Describe(ToolCallParserRun.Parse([turn[..i], turn[i..]])));
        }
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Reads_the_same_character_by_character(string name)
    {
        var (turn, _) = ToolCallParserCases.All[name];

        Assert.Equal(
            ToolCallParserRun.Describe(ToolCallParserRun.Parse([turn])),
            ToolCallParserRun.Describe(ToolCallParserRun.Parse(turn.Select(c => c.ToString()))));
    }

    [Theory]
    [InlineData(1, 1 << 20)]
    [InlineData(2, 1 << 20)]
    [InlineData(3, 16)]
    [InlineData(4, 40)]
    public void Reads_random_turns_the_same_at_random_splits(int seed, int maxCallLength)
    {
        var random = new Random(seed);
        var options = new ToolCallParserOptions { MaxCallLength = maxCallLength, MaxCalls = 3, MaxNesting = 5 };
        for (var round = 0; round < 2000; round++)
        {
            var turn = RandomTurn(random);
            var whole = ToolCallParserRun.Describe(ToolCallParserRun.Parse([turn], options));

            Assert.Equal(whole, ToolCallParserRun.Describe(ToolCallParserRun.Parse(RandomSplit(turn, random), options)));
        }
    }

    [Fact]
    public void Nothing_but_tags_and_blanks_is_lost()
    {
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var turn = RandomTurn(random);

            var events = ToolCallParserRun.Parse([turn], new ToolCallParserOptions { MaxCalls = int.MaxValue });

            Assert.Equal(WithoutTagsAndBlanks(turn), WithoutTagsAndBlanks(string.Concat(events.Select(Kept))));
        }
    }

    [Fact]
    public void Text_comes_as_soon_as_it_is_decided()
    {
        var parser = new ToolCallStreamParser(ToolCallParserRun.Tools);

        Assert.Equal(["text|Hello"], Push(parser, "Hello"));
        Assert.Equal(["text| a"], Push(parser, " a<"));
        Assert.Equal(["text|<b"], Push(parser, "b"));
        Assert.Equal([], Push(parser, "\n"));
        Assert.Equal([], Push(parser, "<tool_call"));
        Assert.Equal(["text|\n<tool_call "], Push(parser, " "));
        Assert.Equal([], Push(parser, "\uD83D"));
        Assert.Equal(["text|\uD83D\uDE00"], Push(parser, "\uDE00"));
    }

    [Fact]
    public void A_JSON_answer_streams_from_its_first_foreign_key()
    {
        var parser = new ToolCallStreamParser(ToolCallParserRun.Tools);

        Assert.Equal([], Push(parser, "{\"answer"));
        Assert.Equal(["text|{\"answer\""], Push(parser, "\""));
        Assert.Equal(["text|: 4"], Push(parser, ": 4"));
    }

    [Fact]
    public void A_bare_object_of_an_unknown_tool_streams_from_its_name()
    {
        var parser = new ToolCallStreamParser(ToolCallParserRun.Tools);

        Assert.Equal([], Push(parser, "{\"name\": \"Ada"));
        Assert.Equal(["text|{\"name\": \"Ada\""], Push(parser, "\""));
    }

    [Fact]
    public void Without_tools_a_bare_object_streams_at_once()
    {
        var parser = new ToolCallStreamParser([]);

        Assert.Equal(["text|{\"na"], Push(parser, "{\"na"));
    }

    [Fact]
    public void A_call_comes_with_its_closing_tag()
    {
        var parser = new ToolCallStreamParser(ToolCallParserRun.Tools);

        Assert.Equal([], Push(parser, $"<tool_call>\n{Valid}\n</tool_call"));
        Assert.Equal([$"call|search|{{\"q\": \"x\"}}|{Valid}"], Push(parser, ">"));
    }

    [Fact]
    public void Raw_text_of_a_call_is_its_JSON_as_written() =>
        Assert.Equal(
            ["call|f|{\"a\": 1.5}|{\"name\":\"f\" ,\n\"arguments\":{\"a\":1.50}}"],
            ToolCallParserRun.Describe(ToolCallParserRun.Parse(["<tool_call>\n {\"name\":\"f\" ,\n\"arguments\":{\"a\":1.50}} \n</tool_call>"])));

    [Fact]
    public void The_error_quotes_only_what_stood_last()
    {
        var invalid = Assert.IsType<ToolCallParserEvent.InvalidToolCall>(
            Assert.Single(ToolCallParserRun.Parse(["<tool_call>{\"name\": \"search\", \"arguments\": {\"q\": \"the quick brown fox\", \"n\": x}}</tool_call>"])));

        Assert.StartsWith("Malformed JSON after \"…nts\": {\"q\": \"the quick brown fox\", \"n\": \": expected a value", invalid.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_text_of_an_invalid_call_is_what_stood_between_the_tags()
    {
        var invalid = Assert.IsType<ToolCallParserEvent.InvalidToolCall>(
            Assert.Single(ToolCallParserRun.Parse(["<tool_call>\n{\"name\": \"f\",, x}\n</tool_call>"])));

        Assert.Equal("{\"name\": \"f\",, x}", invalid.RawText);
        Assert.Equal("f", invalid.Name);
        Assert.Equal("Malformed JSON after \"{\"name\": \"f\",\": expected a property name in double quotes.", invalid.Error);
    }

    [Theory]
    [InlineData("[", "]", 62)]
    [InlineData("{\"a\":", "}", 62)]
    public void Nesting_up_to_the_cap_is_read(string open, string close, int levels)
    {
        var value = Repeat(open, levels) + "0" + Repeat(close, levels);

        Assert.IsType<ToolCallParserEvent.ToolCall>(
            Assert.Single(ToolCallParserRun.Parse([$"<tool_call>{{\"name\":\"f\",\"arguments\":{{\"v\":{value}}}}}</tool_call>"])));
    }

    [Theory]
    [InlineData("[", "]", 63)]
    [InlineData("{\"a\":", "}", 63)]
    [InlineData("[", "]", 100_000)]
    public void Nesting_beyond_the_cap_is_an_invalid_call(string open, string close, int levels)
    {
        var value = Repeat(open, levels) + "0" + Repeat(close, levels);

        var events = ToolCallParserRun.Parse([$"<tool_call>{{\"name\":\"f\",\"arguments\":{{\"v\":{value}}}}}</tool_call>ok"]);

        Assert.Equal(2, events.Count);
        AssertDescribes("invalid|f|Malformed JSON after", events[0]);
        Assert.EndsWith("it nests deeper than 64 levels.", ((ToolCallParserEvent.InvalidToolCall)events[0]).Error, StringComparison.Ordinal);
        AssertDescribes("text|ok", events[1]);
    }

    [Fact]
    public void Nesting_in_encoded_arguments_is_capped()
    {
        var value = Repeat("[", 64) + Repeat("]", 64);

        AssertDescribes(
            "invalid|f|\"arguments\" must be a JSON object.",
            Assert.Single(ToolCallParserRun.Parse([$"<tool_call>{{\"name\":\"f\",\"arguments\":\"{{\\\"v\\\":{value}}}\"}}</tool_call>"])));
    }

    [Fact]
    public void Calls_beyond_the_cap_are_reported_once()
    {
        var call = $"<tool_call>\n{Valid}\n</tool_call>\n";

        var events = ToolCallParserRun.Parse([Repeat(call, 20) + "end"]);

        Assert.Equal(18, events.Count);
        Assert.All(events.Take(16), e => Assert.IsType<ToolCallParserEvent.ToolCall>(e));
        AssertDescribes("invalid|search|Too many calls in one turn: this call and those after it were not made. At most 16 are allowed", events[16]);
        AssertDescribes("text|\nend", events[17]);
    }

    [Fact]
    public void Malformed_calls_count_too()
    {
        var events = ToolCallParserRun.Parse(
            [Repeat("<tool_call>{x}</tool_call>", 5)], new ToolCallParserOptions { MaxCalls = 2 });

        Assert.Equal(3, events.Count);
        AssertDescribes("invalid||Too many calls", events[2]);
    }

    [Theory]
    [InlineData("{\"name\":\"f\",\"arguments\":{\"a\":\"", "x", "\"}}")]
    [InlineData("{\"name\":\"f\",\"arguments\":{\"a\":[", "1,", "1]}}")]
    [InlineData("{\"name\":\"f\",,", "x", "}")]
    public void An_overlong_call_is_reported_and_skipped(string start, string middle, string end)
    {
        var body = start + Repeat(middle, 100) + end;

        var events = ToolCallParserRun.Parse(
            [$"<tool_call>{body}</tool_call> ok"], new ToolCallParserOptions { MaxCallLength = 64 });

        Assert.Equal(2, events.Count);
        var invalid = Assert.IsType<ToolCallParserEvent.InvalidToolCall>(events[0]);
        Assert.Equal(body[..64], invalid.RawText);
        Assert.EndsWith("It is longer than 64 characters; write a shorter one.", invalid.Error, StringComparison.Ordinal);
        AssertDescribes("text| ok", events[1]);
    }

    [Fact]
    public void A_call_of_exactly_the_greatest_length_is_read() =>
        Assert.IsType<ToolCallParserEvent.ToolCall>(Assert.Single(ToolCallParserRun.Parse(
            [$"<tool_call>{Valid}</tool_call>"], new ToolCallParserOptions { MaxCallLength = Valid.Length })));

    [Fact]
    public void An_overlong_call_that_is_not_closed_ends_with_the_turn() =>
        Assert.IsType<ToolCallParserEvent.InvalidToolCall>(Assert.Single(ToolCallParserRun.Parse(
            ["<tool_call>{\"a\":\"" + new string('x', 500)], new ToolCallParserOptions { MaxCallLength = 64 })));

    [Fact]
    public void An_overlong_bare_object_is_text()
    {
        var turn = "{\"name\":\"search\",\"arguments\":{\"q\":\"" + new string('x', 500) + "\"}}";

        AssertDescribes(
            "text|" + turn,
            Assert.Single(ToolCallParserRun.Parse([turn], new ToolCallParserOptions { MaxCallLength = 64 })));
    }

    [Fact]
    public void A_completed_turn_takes_no_more_text()
    {
        var parser = new ToolCallStreamParser([]);
        var output = new List<ToolCallParserEvent>();
        parser.Push("<", output);
        parser.Complete(output);
        parser.Complete(output);

        Assert.Single(output);
        Assert.Throws<InvalidOperationException>(() => parser.Push("x", output));
    }

    [Fact]
    public void Limits_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolCallParserOptions { MaxCalls = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolCallParserOptions { MaxNesting = 65 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolCallParserOptions { MaxNesting = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolCallParserOptions { MaxCallLength = 15 });
    }

    private static IReadOnlyList<string> Push(ToolCallStreamParser parser, string text)
    {
        var output = new List<ToolCallParserEvent>();
        parser.Push(text, output);
        return ToolCallParserRun.Describe(output);
    }

    private static void AssertDescribes(string expected, ToolCallParserEvent e)
    {
        switch (e)
        {
            case ToolCallParserEvent.Text text:
                Assert.Equal(expected, $"text|{text.Value}");
                break;
            case ToolCallParserEvent.ToolCall call:
                Assert.Equal(expected, $"call|{call.Name}|{Agent.Core.Chat.Template.PythonJson.Write(call.Arguments)}");
                break;
            case ToolCallParserEvent.InvalidToolCall invalid:
                Assert.StartsWith(expected, $"invalid|{invalid.Name}|{invalid.Error}", StringComparison.Ordinal);
                break;
        }
    }

    private static string Kept(ToolCallParserEvent e) => e switch
    {
        ToolCallParserEvent.Text text => text.Value,
        ToolCallParserEvent.ToolCall call => call.RawText,
        ToolCallParserEvent.InvalidToolCall invalid => invalid.RawText,
        _ => throw new InvalidOperationException($"No text for {e.GetType()}."),
    };

    private static string WithoutTagsAndBlanks(string text) =>
        string.Concat(text.Where(c => c is not (' ' or '\n')))
            .Replace(ToolCallTags.Open, string.Empty, StringComparison.Ordinal)
            .Replace(ToolCallTags.Close, string.Empty, StringComparison.Ordinal)
            .Replace("```json", string.Empty, StringComparison.Ordinal)
            .Replace("```", string.Empty, StringComparison.Ordinal);

    private static string RandomTurn(Random random)
    {
        string[] pieces =
        [
            "<tool_call>", "</tool_call>", "<tool_call>", "</tool_call>", "<", "</", "\n", " ", "{", "}", "[", "]", "\"", "\\", ":", ",",
            "```json\n", "```", "text", "北京", "😀", "\uD83D", "\u0000", "{\"name\":\"search\",\"arguments\":{}}", Valid,
            "{\"name\":\"nope\",\"arguments\":{}}", "{\"name\":\"search\",\"arguments\":{\"q\":\"", "\\\"", "\"name\"", "true", "1.5",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(1, 16)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private static IEnumerable<string> RandomSplit(string text, Random random)
    {
        for (var i = 0; i < text.Length;)
        {
            var length = Math.Min(random.Next(0, 7), text.Length - i);
            yield return text.Substring(i, length);
            i += length;
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
