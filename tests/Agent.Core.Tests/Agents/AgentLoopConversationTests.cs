using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>One table of conversations, played through the streaming and the whole path.</summary>
public sealed class AgentLoopConversationTests
{
    private static readonly Dictionary<string, Conversation> Conversations = new()
    {
        ["no tool"] = new(
            [R().Text("Hel").Text("lo").Usage(10, 2).Finish(ChatFinishReason.Stop)],
            "Hello", AgentFinishReason.Completed, 1, []),
        ["one call"] = new(
            [R().Text("Let me see. ").Call("1", "weather", new { city = "广州" }), R().Text("Sunny.")],
            "Let me see. Sunny.", AgentFinishReason.Completed, 2, [("1", "广州: 晴")]),
        ["two calls in one turn"] = new(
            [R().Call("1", "weather", new { city = "A" }).Call("2", "weather", new { city = "B" }), R().Text("ok")],
            "ok", AgentFinishReason.Completed, 2, [("1", "A: 晴"), ("2", "B: 晴")]),
        ["text between calls"] = new(
            [R().Text("a").Call("1", "weather", new { city = "A" }).Text("b").Call("2", "now").Text("c"), R().Text("d")],
            "abcd", AgentFinishReason.Completed, 2, [("1", "A: 晴"), ("2", "noon")]),
        ["three rounds"] = new(
            [R().Call("1", "now"), R().Call("2", "weather", new { city = "A" }), R().Text("done")],
            "done", AgentFinishReason.Completed, 3, [("1", "noon"), ("2", "A: 晴")]),
        ["cut at the token limit"] = new(
            [R().Text("half an ans").Finish(ChatFinishReason.Length)],
            "half an ans", AgentFinishReason.MaxOutputTokens, 1, []),
        ["a complete call before the token limit still runs"] = new(
            [R().Call("1", "now").Finish(ChatFinishReason.Length), R().Text("noon").Finish(ChatFinishReason.Stop)],
            "noon", AgentFinishReason.Completed, 2, [("1", "noon")]),
        ["content filter"] = new(
            [R().Text("I").Finish(ChatFinishReason.ContentFilter)],
            "I", AgentFinishReason.ContentFiltered, 1, []),
        ["nothing at all"] = new([R()], "", AgentFinishReason.Completed, 1, []),
        ["call already carried out by the service"] = new(
            [R().Content(new FunctionCallContent("s", "search") { InformationalOnly = true }).Text("found")],
            "found", AgentFinishReason.Completed, 1, []),
        ["reasoning is no answer text"] = new(
            [R().Content(new TextReasoningContent("hm")).Text("yes")],
            "yes", AgentFinishReason.Completed, 1, []),
        ["finish reason tool calls"] = new(
            [R().Call("1", "now").Finish(ChatFinishReason.ToolCalls), R().Text("t").Finish(ChatFinishReason.Stop)],
            "t", AgentFinishReason.Completed, 2, [("1", "noon")]),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in Conversations.Keys)
            {
                data.Add(name, true);
                data.Add(name, false);
            }

            return data;
        }
    }

    private static AITool[] Tools =>
    [
        AIFunctionFactory.Create((string city) => $"{city}: 晴", "weather"),
        Tool("now", () => "noon"),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Conversation_ends_as_expected(string name, bool streaming)
    {
        var conversation = Conversations[name];
        var client = new ScriptedChatClient(conversation.Rounds);

        var (events, finished) = await RunAsync(client, streaming, Tools);

        Assert.Equal(conversation.Text, Text(events));
        Assert.Equal(conversation.Reason, finished.Reason);
        Assert.Equal(conversation.RoundCount, finished.Rounds);
        Assert.Equal(conversation.Results, Results(finished));
        Assert.Empty(finished.PendingCalls);
        Assert.All(client.Requests, r => Assert.Equal(streaming, r.Streaming));
        Assert.Equal(conversation.RoundCount, client.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Next_round_sees_the_question_the_call_and_its_result(bool streaming)
    {
        var client = new ScriptedChatClient(R().Text("hm").Call("1", "weather", new { city = "A" }), R().Text("ok"));

        var (_, finished) = await RunAsync(client, streaming, Tools);

        var second = client.Requests[1].Messages;
        Assert.Same(Question[0], second[0]);
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool], second.Select(m => m.Role));
        Assert.Equal(finished.NewMessages.Take(2), second.Skip(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Usage_is_summed_over_rounds_with_cached_tokens(bool streaming)
    {
        var client = new ScriptedChatClient(R().Call("1", "now").Usage(100, 10, 5), R().Text("x").Usage(120, 7, 100));

        var (_, finished) = await RunAsync(client, streaming, Tools);

        Assert.Equal(220, finished.Usage.InputTokenCount);
        Assert.Equal(17, finished.Usage.OutputTokenCount);
        Assert.Equal(237, finished.Usage.TotalTokenCount);
        Assert.Equal(105, finished.Usage.CachedInputTokenCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Awaiting_the_whole_run_gives_the_text_after_the_last_result(bool streaming)
    {
        var client = new ScriptedChatClient(R().Text("Let me see.").Call("1", "now"), R().Text("It is ").Text("noon."));

        var result = await new AgentLoop(client).RunToCompletionAsync(Question, new() { Tools = Tools, Streaming = streaming });

        Assert.Equal("It is noon.", result.Text);
        Assert.Equal(AgentFinishReason.Completed, result.Reason);
        Assert.Equal(3, result.NewMessages.Count);
        Assert.Empty(result.PendingCalls);
        Assert.Same(result.Finished.Usage, result.Usage);
    }

    [Fact]
    public async Task Requested_event_carries_the_arguments_unescaped()
    {
        var client = new ScriptedChatClient(R().Call("1", "weather", new { city = "广州 😀　\"" }), R().Text("ok"));

        var (events, _) = await RunAsync(client, streaming: true, Tools);

        var requested = Assert.Single(events.OfType<AgentToolCallRequested>());
        Assert.Equal("""{"city":"广州 😀　\""}""", requested.ArgumentsJson);
        Assert.Equal("广州 😀　\"", requested.Arguments.GetProperty("city").GetString());
    }

    [Fact]
    public async Task One_enumerable_can_be_run_twice()
    {
        var client = new ScriptedChatClient(_ => R().Text("same"));
        var run = new AgentLoop(client).RunAsync(Question, new());

        for (var i = 0; i < 2; i++)
        {
            List<AgentEvent> events = [];
            await foreach (var next in run.Guarded())
            {
                events.Add(next);
            }

            Assert.Equal("same", Text(events));
        }

        Assert.Equal(2, client.Requests.Count);
    }

    [Fact]
    public async Task One_loop_serves_many_runs_at_once()
    {
        var client = new EchoClient();
        var loop = new AgentLoop(client);
        var tool = AIFunctionFactory.Create((string text) => text + "!", "shout");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
            (await loop.RunToCompletionAsync([new(ChatRole.User, $"q{i}")], new() { Tools = [tool], Streaming = i % 2 == 0 })).Text));

        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"q{i}!"), answers);
    }

    private static ScriptedRound R() => new();

    private sealed record Conversation(
        ScriptedRound[] Rounds, string Text, AgentFinishReason Reason, int RoundCount, (string, string)[] Results);

    /// <summary>Calls the tool with the question, then answers with the result.</summary>
    private sealed class EchoClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [Answer(messages.Last())])));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return new(ChatRole.Assistant, [Answer(messages.Last())]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private static AIContent Answer(ChatMessage last) => last.Role == ChatRole.User
            ? ScriptedRound.CallContent("c-" + last.Text, "shout", new { text = last.Text })
            : new TextContent((string)last.Contents.OfType<FunctionResultContent>().Single().Result!);
    }
}
