using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>What a function returns and what the model reads of it.</summary>
public sealed class AgentLoopResultTests
{
    public static TheoryData<string, object?, string> Values => new()
    {
        { "text as it is", "晴 \"25°C\"\n", "晴 \"25°C\"\n" },
        { "empty text", "", "" },
        { "nothing", null, "Done. The tool returned no content." },
        { "undefined element", default(JsonElement), "Done. The tool returned no content." },
        { "null element", JsonElement.Parse("null"), "null" },
        { "text element", JsonElement.Parse("\"\\u5e7f\""), "广" },
        { "element is compacted and unescaped", JsonElement.Parse("{ \"a\" : [ 1.0, 1e-07 ],\n\"b\":\"\\u5e7f\\ud83d\\ude00\\u3000\" }"), "{\"a\": [1.0, 1e-07], \"b\": \"广😀　\"}" },
        { "text content", new TextContent("t"), "t" },
        { "contents", new List<AIContent> { new TextContent("a"), new TextContent("b") }, "a\nb" },
        { "binary content", new DataContent(new byte[] { 1, 2, 3 }, "image/png"), "[image/png, 3 bytes, not shown]" },
        { "other content", new UriContent("https://example.test/a.png", "image/png"), "[UriContent, not shown]" },
        { "number", 3, "3" },
        { "list", new List<string> { "a", "<&>" }, "[\"a\", \"<&>\"]" },
        { "dictionary", new Dictionary<string, object?> { ["城市"] = "广州" }, "{\"城市\": \"广州\"}" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Value_is_rendered(string name, object? value, string expected)
    {
        Assert.NotEmpty(name);
        var ended = await ResultAsync(RawTool("t", (_, _) => new(value)));

        Assert.Equal((true, expected), (ended.Succeeded, ended.Content));
    }

    [Fact]
    public async Task Functions_of_one_run_share_what_they_remember_and_no_other_run_sees_it()
    {
        var key = new object();
        List<int> counts = [];
        var counter = RawTool("count", (arguments, _) =>
        {
            Assert.True(ToolRunState.TryGet(arguments, out var state));
            var seen = state.GetOrAdd(key, () => new List<int>());
            lock (counts)
            {
                seen.Add(1);
                counts.Add(seen.Count);
            }

            return new("ok");
        });
        for (var run = 0; run < 2; run++)
        {
            var client = new ScriptedChatClient(new ScriptedRound().Call("1", "count", new { n = 1 }), new ScriptedRound().Call("2", "count", new { n = 2 }), new ScriptedRound().Text("done"));
            await RunAsync(client, streaming: true, [counter]);
        }

        Assert.Equal([1, 2, 1, 2], counts);
    }

    [Fact]
    public async Task Function_with_a_typed_result_gives_json_without_escapes()
    {
        var ended = await ResultAsync(AIFunctionFactory.Create(() => new Dictionary<string, string> { ["city"] = "广州" }, "t"));

        Assert.Equal("{\"city\": \"广州\"}", ended.Content);
    }

    [Fact]
    public async Task Value_that_is_no_json_is_a_failure()
    {
        var ended = await ResultAsync(RawTool("t", (_, _) => new(new List<double> { double.NaN })));

        Assert.Equal(ToolFailureKind.UnexpectedError, ended.Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Long_result_is_cut_at_a_character_and_says_so(bool streaming)
    {
        // 4,999 three-byte and then four-byte characters: the cap of 16,384 falls inside one.
        var text = new string('广', 4999) + string.Concat(Enumerable.Repeat("😀", 20_000));
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "t"), new ScriptedRound().Text("ok"));

        var (events, _) = await RunAsync(client, streaming, [Tool("t", () => text)]);

        var content = events.OfType<AgentToolCallFinished>().Single().Content;
        var kept = 4999 * 3 + ((16384 - 4999 * 3) / 4 * 4);
        Assert.Equal($"… [truncated: {kept} of {4999 * 3 + 80_000} bytes]", content[content.IndexOf('…')..]);
        var prefix = content[..content.IndexOf('…')];
        Assert.StartsWith(prefix, text, StringComparison.Ordinal);
        Assert.Equal(kept, new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(prefix));
    }

    [Fact]
    public async Task Tool_gets_the_arguments_as_json_and_the_services_of_the_request()
    {
        AIFunctionArguments? seen = null;
        var services = new Services();
        var tool = RawTool("t", (arguments, _) => { seen = arguments; return new("x"); });
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "t", new { city = "A", days = 3 }), new ScriptedRound().Text("ok"));

        await CollectAsync(new(client), new() { Tools = [tool], Services = services });

        Assert.Equal(["city", "days"], seen!.Keys.Order());
        Assert.Equal("A", ((JsonElement)seen["city"]!).GetString());
        Assert.Equal(3, ((JsonElement)seen["days"]!).GetInt32());
        Assert.Same(services, seen.Services);
    }

    private static async Task<AgentToolCallFinished> ResultAsync(AIFunction tool)
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "t"), new ScriptedRound().Text("ok"));
        var (events, _) = await RunAsync(client, streaming: true, [tool]);
        return events.OfType<AgentToolCallFinished>().Single();
    }

    private sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
