using System.Diagnostics;
using Agent.Core.Chat.ToolCalls;
using Xunit.Abstractions;

namespace Agent.Core.Tests.Chat.ToolCalls;

/// <summary>Work grows with the length of a turn, not with its square, whatever the turn holds.</summary>
public sealed class ToolCallStreamParserLoadTests(ITestOutputHelper log)
{
    private const int Length = 10_000_000;

    /// <summary>How often the parser may look at a character, on average.</summary>
    private const int LooksPerCharacter = 8;

    public static TheoryData<string> TurnNames => [.. Turns.Keys];

    private static IReadOnlyDictionary<string, (string Start, string Repeated)> Turns { get; } =
        new Dictionary<string, (string, string)>
        {
            ["brackets"] = ("", "<"),
            ["openings without end"] = ("", "<tool_call"),
            ["opening tags"] = ("", "<tool_call>"),
            ["opening tags in lines"] = ("", "<tool_call>\n"),
            ["closing tags"] = ("", "</tool_call>"),
            ["opening tag and blanks"] = ("<tool_call>", " "),
            ["opening tags and blanks"] = ("", "<tool_call>" + new string(' ', 100)),
            ["braces"] = ("", "{"),
            ["tagged braces"] = ("<tool_call>", "{"),
            ["many tagged braces"] = ("", "<tool_call>{"),
            ["deep objects"] = ("<tool_call>", "{\"a\":"),
            ["bare deep objects"] = ("", "{\"arguments\":"),
            ["endless string"] = ("<tool_call>{\"name\":\"", "x"),
            ["endless bare string"] = ("{\"arguments\":\"", "x"),
            ["endless escapes"] = ("<tool_call>{\"name\":\"", "\\\""),
            ["closing tags in a string"] = ("<tool_call>{\"name\":\"", "</tool_call>"),
            ["calls in a string"] = ("<tool_call>{\"name\":\"", "</tool_call><tool_call>{"),
            ["calls in an unclosed string"] = ("", "<tool_call>{\"a</tool_call>"),
            ["escaped calls in a string"] = ("<tool_call>{\"name\":\"", "</tool_call><tool_call>{\\\""),
            ["calls in a bare string"] = ("{\"arguments\":\"", "<tool_call>{}</tool_call>{"),
            ["calls and blanks in a bare string"] = ("{\"arguments\":\"", "<tool_call>{}</tool_call>{          "),
            ["fences"] = ("", "```"),
            ["fences in lines"] = ("", "```json\n"),
            ["calls and fences"] = ("", "<tool_call>{}</tool_call>```json\n{\"arguments\":\""),
            ["empty calls"] = ("", "<tool_call>{}</tool_call>"),
            ["calls without closing tags"] = ("", "<tool_call>{}"),
            ["calls and junk"] = ("", "<tool_call>{}x<"),
            ["a call and junk"] = ("<tool_call>{}", "x<"),
            ["malformed calls"] = ("", "<tool_call>{x</tool_call>"),
            ["bare calls"] = ("", "{\"name\":\"search\",\"arguments\":{}}\n"),
            ["bare call and blanks"] = ("{\"name\":\"search\",\"arguments\":{}}", " "),
            ["line feeds"] = ("", "\n"),
            ["surrogates"] = ("", "\uD83D"),
        };

    [Theory]
    [MemberData(nameof(TurnNames))]
    public void Ten_million_characters_take_linear_work(string name)
    {
        var turn = Turn(name, Length);

        var watch = Stopwatch.StartNew();
        var work = Parse(turn, pieceLength: turn.Length);
        watch.Stop();

        log.WriteLine($"{name}: {watch.Elapsed.TotalMilliseconds:F0} ms, {work / (double)turn.Length:F2} looks a character");
        Assert.InRange(work, 0, LooksPerCharacter * (long)turn.Length);
    }

    [Theory]
    [MemberData(nameof(TurnNames))]
    public void Twice_the_turn_takes_at_most_2_2_times_the_work(string name)
    {
        var once = Parse(Turn(name, 200_000), pieceLength: 3);
        var twice = Parse(Turn(name, 400_000), pieceLength: 3);

        Assert.InRange(once, 1, LooksPerCharacter * 200_000L);
        Assert.True(twice <= 2.2 * once, $"{once} looks for the turn, {twice} for twice the turn.");
    }

    private static string Turn(string name, int length)
    {
        var (start, repeated) = Turns[name];
        return start + string.Concat(Enumerable.Repeat(repeated, length / repeated.Length));
    }

    private static long Parse(string turn, int pieceLength)
    {
        var parser = new ToolCallStreamParser(ToolCallParserRun.Tools);
        var output = new List<ToolCallParserEvent>();
        for (var i = 0; i < turn.Length; i += pieceLength)
        {
            parser.Push(turn.AsSpan(i, Math.Min(pieceLength, turn.Length - i)), output);
            output.Clear();
        }

        parser.Complete(output);
        return parser.Work;
    }
}
