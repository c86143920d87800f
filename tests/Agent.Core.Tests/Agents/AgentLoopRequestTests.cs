using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>What the client is asked, and that the caller's objects stay as they were.</summary>
public sealed class AgentLoopRequestTests
{
    private static AIFunction Now => Tool("now", () => "noon");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Required_mode_holds_for_the_first_round_only(bool streaming)
    {
        var client = new ScriptedChatClient(R().Call("1", "now"), R().Call("2", "now"), R().Text("ok"));
        var request = new AgentRequest { Tools = [Now], Streaming = streaming, Options = new() { ToolMode = ChatToolMode.RequireSpecific("now") } };

        await CollectAsync(new(client), request);

        Assert.Equal(
            [ChatToolMode.RequireSpecific("now"), ChatToolMode.Auto, ChatToolMode.Auto], client.Requests.Select(r => r.Options!.ToolMode));
    }

    [Fact]
    public async Task Mode_none_keeps_every_tool_from_running()
    {
        var ran = false;
        var client = new ScriptedChatClient(R().Call("1", "t"), R().Text("ok"));
        var request = new AgentRequest { Tools = [Tool("t", () => { ran = true; return ""; })], Options = new() { ToolMode = ChatToolMode.None } };

        var events = await CollectAsync(new(client), request);

        AssertConsistent(events);
        Assert.False(ran);
        Assert.Equal(ToolFailureKind.UnknownTool, events.OfType<AgentToolCallFinished>().Single().Failure);
        Assert.All(client.Requests, r => Assert.Equal(ChatToolMode.None, r.Options!.ToolMode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Service_that_keeps_the_history_gets_new_messages_only(bool streaming)
    {
        var client = new ScriptedChatClient(
            R().Conversation("conv-1").Call("1", "now"), R().Conversation("conv-2").Call("2", "now"), R().Conversation("conv-3").Text("ok"));

        var (_, finished) = await RunAsync(client, streaming, [Now]);

        Assert.Equal([null, "conv-1", "conv-2"], client.Requests.Select(r => r.Options!.ConversationId));
        Assert.Same(Question[0], Assert.Single(client.Requests[0].Messages));
        Assert.Equal("1", OnlyResult(client.Requests[1]));
        Assert.Equal("2", OnlyResult(client.Requests[2]));
        Assert.Equal("conv-3", finished.ConversationId);
        Assert.Equal(5, finished.NewMessages.Count);
    }

    [Fact]
    public async Task Service_that_stops_keeping_the_history_gets_all_of_it()
    {
        var client = new ScriptedChatClient(R().Conversation("conv-1").Call("1", "now"), R().Call("2", "now"), R().Text("ok"));

        var (_, finished) = await RunAsync(client, streaming: true, [Now]);

        Assert.Equal([1, 1, 5], client.Requests.Select(r => r.Messages.Count));
        Assert.Null(client.Requests[2].Options!.ConversationId);
        Assert.Null(finished.ConversationId);
    }

    [Fact]
    public async Task Conversation_of_the_request_is_passed_on_and_survives_a_time_limit()
    {
        var time = new ManualTimeProvider();
        var client = new ScriptedChatClient(R().Do(_ => { time.Advance(TimeSpan.FromHours(1)); return Task.CompletedTask; }).Hang());

        var events = await CollectAsync(new(client, timeProvider: time), new() { Options = new() { ConversationId = "c" } }).WaitAsync(HangGuard);

        Assert.Equal("c", client.Requests[0].Options!.ConversationId);
        var finished = Assert.IsType<AgentFinished>(Assert.Single(events));
        Assert.Equal((AgentFinishReason.TimeLimit, "c"), (finished.Reason, finished.ConversationId));
        Assert.Empty(finished.NewMessages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Objects_of_the_caller_stay_as_they_were(bool streaming)
    {
        List<ChatMessage> messages =
        [
            new(ChatRole.System, "be brief"),
            new(ChatRole.User, [new TextContent("q") { AdditionalProperties = new() { ["k"] = "v" } }]) { MessageId = "m1" },
        ];
        List<AITool> tools = [Now];
        var options = new ChatOptions
        {
            ConversationId = "c",
            Temperature = 0.5f,
            MaxOutputTokens = 7,
            StopSequences = ["x"],
            ToolMode = ChatToolMode.RequireAny,
            AdditionalProperties = new() { ["k"] = 1 },
        };
        var request = new AgentRequest { Tools = tools, Options = options, Streaming = streaming };
        var before = Snapshot(messages, options, tools);

        // A client with bad manners: it changes the options and the list it was given.
        var client = new MeddlingClient(new ScriptedChatClient(R().Conversation("other").Call("1", "now"), R().Text("ok")));
        await CollectAsync(new(client), request);
        var result = await new AgentLoop(new MeddlingClient(new ScriptedChatClient(R().Call("1", "now"), R().Text("ok"))))
            .RunToCompletionAsync(messages, request);

        Assert.Equal(before, Snapshot(messages, options, tools));
        Assert.Same(Now.GetType(), tools[0].GetType());
        Assert.Equal("ok", result.Text);
    }

    [Fact]
    public async Task Later_changes_by_the_caller_do_not_reach_the_run()
    {
        List<ChatMessage> messages = [new(ChatRole.User, "q")];
        List<AITool> tools = [Now];
        var options = new ChatOptions { Temperature = 0.5f };
        var client = new ScriptedChatClient(R().Call("1", "now"), R().Text("ok"));

        var run = new AgentLoop(client).RunAsync(messages, new() { Tools = tools, Options = options });
        messages.Clear();
        tools.Clear();
        options.Temperature = 2;
        List<AgentEvent> events = [];
        await foreach (var next in run.Guarded())
        {
            events.Add(next);
        }

        Assert.Equal("ok", Text(events));
        Assert.Equal([1, 3], client.Requests.Select(r => r.Messages.Count));
        Assert.All(client.Requests, r => Assert.Equal((0.5f, 1), (r.Options!.Temperature, r.Options.Tools!.Count)));
    }

    [Fact]
    public void Unusable_requests_say_what_to_change()
    {
        var loop = new AgentLoop(new ScriptedChatClient());

        Assert.StartsWith(
            "AgentRequest.Tools holds two tools named 'now'; rename or remove one.",
            Refused(new() { Tools = [Now, Now.AsDeclarationOnly()] }), StringComparison.Ordinal);
        Assert.StartsWith(
            "AgentRequest.Options.Tools must be empty; give the tools in AgentRequest.Tools.",
            Refused(new() { Options = new() { Tools = [Now] } }), StringComparison.Ordinal);
        Assert.StartsWith(
            "A tool in AgentRequest.Tools has no name; give it one.",
            Refused(new() { Tools = [RawTool(" ", (_, _) => new("x"))] }), StringComparison.Ordinal);

        string Refused(AgentRequest request) => Assert.Throws<ArgumentException>(() => { loop.RunAsync([], request); }).Message;
    }

    [Fact]
    public async Task Every_execution_passes_through_the_decorated_invoker()
    {
        var invoker = new Recorder();
        var loop = new AgentLoop(
            new ScriptedChatClient(
                R().Call("1", "now", new { x = 1 }).Call("2", "unknown").Call("3", "pay").Call("4", "crash"), R().Text("ok")),
            new() { DecorateToolInvoker = inner => invoker.Around(inner) });

        var events = await CollectAsync(loop, new() { Tools = [Now, Tool("pay", () => "paid"), Tool("crash", () => "")] });

        AssertConsistent(events);
        Assert.Equal(
            ["noon, masked", """{"error": "denied"}""", """{"error": "The tool 'crash' failed. Try another way or answer without it."}"""],
            Results(events.OfType<AgentFinished>().Single()).Where(r => r.CallId != "2").Select(r => r.Content));
        Assert.Equal(["1", "3", "4"], invoker.Seen.Select(i => i.CallId).Order());
        var first = invoker.Seen.Single(i => i.CallId == "1");
        Assert.Equal((1, """{"x":1}""", "now"), (first.Round, first.Arguments.GetRawText(), first.Function.Name));
    }

    private static ScriptedRound R() => new();

    private static string OnlyResult(ScriptedRequest request) =>
        Assert.IsType<FunctionResultContent>(Assert.Single(Assert.Single(request.Messages).Contents)).CallId;

    private static string Snapshot(List<ChatMessage> messages, ChatOptions options, List<AITool> tools) =>
        JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions)
        + JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions)
        + options.ToolMode + (options.Tools is null) + string.Join(',', tools.Select(t => t.Name));

    private sealed class MeddlingClient(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            List<ChatMessage> seen = [.. messages];
            Meddle(messages, options);
            return base.GetResponseAsync(seen, options, cancellationToken);
        }

        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            List<ChatMessage> seen = [.. messages];
            Meddle(messages, options);
            return base.GetStreamingResponseAsync(seen, options, cancellationToken);
        }

        private static void Meddle(IEnumerable<ChatMessage> messages, ChatOptions? options)
        {
            if (messages is IList<ChatMessage> { IsReadOnly: false } list)
            {
                list[0] = new(ChatRole.User, "meddled");
            }

            options!.Temperature = 1.5f;
            options.Tools?.Clear();
            options.StopSequences?.Add("y");
            options.AdditionalProperties?.Clear();
            options.ToolMode = ChatToolMode.None;
        }
    }

    private sealed class Recorder
    {
        public List<ToolInvocation> Seen { get; } = [];

        public IToolInvoker Around(IToolInvoker inner) => new Invoker(this, inner);

        private sealed class Invoker(Recorder recorder, IToolInvoker inner) : IToolInvoker
        {
            public async ValueTask<ToolOutcome> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
            {
                lock (recorder.Seen)
                {
                    recorder.Seen.Add(invocation);
                }

                if (invocation.Function.Name == "pay")
                {
                    return ToolOutcome.Failed(ToolFailureKind.ToolError, "denied");
                }

                if (invocation.Function.Name == "crash")
                {
                    throw new InvalidOperationException("ledger is gone");
                }

                var outcome = await inner.InvokeAsync(invocation, cancellationToken);
                return outcome with { Content = outcome.Content + ", masked" };
            }
        }
    }
}
