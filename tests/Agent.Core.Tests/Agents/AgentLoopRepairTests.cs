using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Schemas;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Calls that cannot be carried out go back to the model, in words it can repair from.</summary>
public sealed class AgentLoopRepairTests
{
    private const string Secret = "password=hunter2";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Unreadable_call_tells_what_was_wrong(bool streaming)
    {
        var broken = new FunctionCallContent("1", "now") { Exception = new JsonException("expected ',' at byte 17.") };

        var (finished, ended) = await CallAsync(streaming, new ScriptedRound().Content(broken), Tool("now", () => "noon"));

        Assert.Equal(ToolFailureKind.MalformedCall, ended.Failure);
        Assert.Equal(
            """{"error": "This tool call could not be read: expected ',' at byte 17. Write the call again with a tool name and arguments as one valid JSON object."}""",
            ended.Content);
        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
    }

    [Fact]
    public async Task Arguments_that_no_json_can_hold_are_an_unreadable_call()
    {
        var broken = new FunctionCallContent("1", "now", new Dictionary<string, object?> { ["x"] = double.NaN });

        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Content(broken), Tool("now", () => "noon"));

        Assert.Equal(ToolFailureKind.MalformedCall, ended.Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Unknown_tool_names_the_likely_one_and_all_others(bool streaming)
    {
        var (_, ended) = await CallAsync(
            streaming, new ScriptedRound().Call("1", "get-wether"), Tool("get_weather", () => ""), Tool("now", () => ""));

        Assert.Equal(ToolFailureKind.UnknownTool, ended.Failure);
        Assert.Equal(
            """{"error": "There is no tool 'get-wether'. Did you mean 'get_weather'? Available tools: get_weather, now."}""", ended.Content);
    }

    [Fact]
    public async Task Unknown_tool_without_a_near_one_lists_the_tools_only()
    {
        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Call("1", "teleport"), Tool("now", () => ""));

        Assert.Equal("""{"error": "There is no tool 'teleport'. Available tools: now."}""", ended.Content);
    }

    [Fact]
    public async Task Unknown_tool_where_there_is_none_asks_for_an_answer()
    {
        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Call("1", "now"));

        Assert.Equal("""{"error": "There is no tool 'now', and no tool may be called now. Answer without tools."}""", ended.Content);
    }

    [Fact]
    public async Task Long_list_of_tools_is_cut()
    {
        AITool[] tools = [.. Enumerable.Range(0, 40).Select(i => Tool($"tool{i}", () => ""))];

        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Call("1", "zzz"), tools);

        Assert.EndsWith("""tool30, tool31 and 8 more."}""", ended.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Invalid_arguments_list_what_is_wrong_and_the_tool_is_not_started(bool streaming)
    {
        var tool = AIFunctionFactory.Create(string (string city, int days) => throw new InvalidOperationException("must not run"), "weather");

        var (_, ended) = await CallAsync(streaming, new ScriptedRound().Call("1", "weather", new { days = "three" }), tool);

        Assert.Equal(ToolFailureKind.InvalidArguments, ended.Failure);
        Assert.StartsWith("""{"error": "The arguments of 'weather' are invalid: """, ended.Content, StringComparison.Ordinal);
        Assert.EndsWith("""Correct them and call the tool again."}""", ended.Content, StringComparison.Ordinal);
        Assert.Contains("city", ended.Content, StringComparison.Ordinal);
        Assert.Contains("days", ended.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_arguments_of_a_declaration_are_repaired_before_the_caller_sees_the_call()
    {
        var tool = AIFunctionFactory.Create((string city) => city, "weather").AsDeclarationOnly();

        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Call("1", "weather"), tool);

        Assert.Equal(ToolFailureKind.InvalidArguments, ended.Failure);
    }

    [Fact]
    public void Schema_that_cannot_be_enforced_is_refused_before_the_first_model_call()
    {
        var tool = RawTool("odd", (_, _) => new("x"), """{"type":"object","unheardOf":1}""");

        var thrown = Assert.Throws<JsonSchemaException>(
            () => { new AgentLoop(new ScriptedChatClient()).RunAsync(Question, new() { Tools = [tool] }); });

        Assert.Equal("odd", thrown.ToolName);
        Assert.Contains("unheardOf", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("true")]
    public async Task Tool_without_a_schema_takes_any_arguments(string schema)
    {
        var tool = RawTool("any", (arguments, _) => new($"{arguments.Count} given"), schema);
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "any", new { x = 1, y = "z" }), new ScriptedRound().Text("ok"));

        var (_, finished) = await RunAsync(client, streaming: true, [tool]);

        Assert.Equal([("1", "2 given")], Results(finished));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tool_exception_reaches_the_model_word_for_word(bool streaming)
    {
        var tool = Tool("t", () => throw new ToolException("城市 \"X\" is unknown; use a city name.", new InvalidOperationException(Secret)));

        var (_, ended) = await CallAsync(streaming, new ScriptedRound().Call("1", "t"), tool);

        Assert.Equal(ToolFailureKind.ToolError, ended.Failure);
        Assert.Equal("""{"error": "城市 \"X\" is unknown; use a city name."}""", ended.Content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_other_exception_stays_in_the_log(bool streaming)
    {
        var logger = new RecordingLogger(LogLevel.Trace);
        var tool = Tool("t", () => throw new InvalidOperationException(Secret));
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "t"), new ScriptedRound().Text("sorry"));

        var events = await CollectAsync(new(client, logger: logger), new() { Tools = [tool], Streaming = streaming });

        AssertConsistent(events);
        var ended = Assert.Single(events.OfType<AgentToolCallFinished>());
        Assert.Equal(ToolFailureKind.UnexpectedError, ended.Failure);
        Assert.Equal("""{"error": "The tool 't' failed. Try another way or answer without it."}""", ended.Content);
        var finished = events.OfType<AgentFinished>().Single();
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(finished.NewMessages, AIJsonUtilities.DefaultOptions), StringComparison.Ordinal);
        Assert.All(
            finished.NewMessages.SelectMany(m => m.Contents).OfType<FunctionResultContent>(), r => Assert.Null(r.Exception));
        var entry = Assert.Single(logger.Entries, e => e.Exception is not null);
        Assert.Equal((LogLevel.Error, Secret), (entry.Level, entry.Exception!.Message));
        Assert.DoesNotContain(logger.Entries, e => e.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tool_that_throws_before_its_first_await_is_a_failure_too()
    {
        var tool = RawTool("t", (_, _) => throw new InvalidOperationException(Secret));

        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Call("1", "t"), tool);

        Assert.Equal(ToolFailureKind.UnexpectedError, ended.Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tool_that_gives_up_by_itself_is_a_failure_and_not_a_cancelled_run(bool streaming)
    {
        var tool = RawTool("t", (_, _) => throw new TaskCanceledException("own time-out"));

        var (finished, ended) = await CallAsync(streaming, new ScriptedRound().Call("1", "t"), tool);

        Assert.Equal(ToolFailureKind.Cancelled, ended.Failure);
        Assert.Equal(ToolResultTexts.Error(ToolResultTexts.StoppedByItself), ended.Content);
        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
    }

    [Fact]
    public async Task Failure_of_one_tool_leaves_the_other_alone()
    {
        AITool[] tools = [Tool("bad", () => throw new InvalidOperationException()), Tool("good", () => "fine")];
        var client = new ScriptedChatClient(new ScriptedRound().Call("a", "bad").Call("b", "good"), new ScriptedRound().Text("ok"));

        var (events, finished) = await RunAsync(client, streaming: true, tools);

        Assert.Equal([false, true], events.OfType<AgentToolCallFinished>().OrderBy(e => e.CallId).Select(e => e.Succeeded));
        Assert.Equal("fine", Results(finished)[1].Content);
    }

    [Fact]
    public async Task Long_error_message_is_cut_and_stays_json()
    {
        var tool = Tool("t", () => throw new ToolException(new string('\u0001', 100_000)));

        var (_, ended) = await CallAsync(streaming: true, new ScriptedRound().Call("1", "t"), tool);

        var error = JsonElement.Parse(ended.Content).GetProperty("error").GetString()!;
        Assert.EndsWith("… [truncated: 2048 of 100000 bytes]", error, StringComparison.Ordinal);
    }

    private static async Task<(AgentFinished Finished, AgentToolCallFinished Ended)> CallAsync(
        bool streaming, ScriptedRound round, params AITool[] tools)
    {
        var client = new ScriptedChatClient(round, new ScriptedRound().Text("answer"));
        var (events, finished) = await RunAsync(client, streaming, tools);
        Assert.Equal("answer", Text(events));
        var ended = Assert.Single(events.OfType<AgentToolCallFinished>());
        Assert.False(ended.Succeeded);
        Assert.Equal([("1", ended.Content)], Results(finished));
        return (finished, ended);
    }
}
