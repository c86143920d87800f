using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Ids come from servers that may repeat them; consent, results and ledger keys still belong to one call each.</summary>
public sealed class AgentLoopCallIdTests
{
    private readonly List<string> _ran = [];
    private readonly List<string> _keys = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Consent_to_one_of_two_calls_with_one_id_does_not_run_the_other(bool streaming)
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("x", "pay", new { amount = 1_000_000 }).Call("x", "pay", new { amount = 1 }), new ScriptedRound().Text("done"));
        var (_, first) = await RunAsync(client, streaming, Tools());
        var answer = new ChatMessage(ChatRole.User, [.. first.PendingApprovals.Select(AIContent (request) => request.CreateResponse(Amount(request) == "1"))]);

        var second = await ContinueAsync(client, first, answer);

        Assert.Equal(["1000000", "1"], first.PendingApprovals.Select(Amount));
        Assert.Equal(AgentFinishReason.Completed, second.Reason);
        Assert.Equal(["pay 1"], _ran);
        Assert.Equal(2, Results(second.Finished).Select(r => r.CallId).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Approved_call_is_carried_out_where_an_earlier_one_bore_its_id(bool streaming)
    {
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("call_0", "look"), new ScriptedRound().Call("call_0", "pay", new { amount = 9 }), new ScriptedRound().Text("paid"));
        var (_, first) = await RunAsync(client, streaming, Tools());
        Assert.Equal(AgentFinishReason.ApprovalRequired, first.Reason);

        var second = await ContinueAsync(client, first, new ChatMessage(ChatRole.User, [first.PendingApprovals[0].CreateResponse(approved: true)]));

        Assert.Equal("paid", second.Text);
        Assert.Equal(["look", "pay 9"], _ran);

        // The model reads each result behind its own call.
        var read = client.Requests[2].Messages;
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant, ChatRole.Tool], read.Select(m => m.Role));
        Assert.Equal("seen", Assert.IsType<FunctionResultContent>(read[2].Contents[0]).Result);
        Assert.Equal("paid 9", Assert.IsType<FunctionResultContent>(read[4].Contents[0]).Result);
    }

    [Fact]
    public async Task Calls_of_a_run_have_ledger_keys_of_their_own_whatever_their_ids()
    {
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("call_0", "write", new { amount = 1 }).Call("call_0", "write", new { amount = 2 }),
            new ScriptedRound().Call("call_0", "write", new { amount = 3 }).Call("", "write", new { amount = 4 }),
            new ScriptedRound().Text("done"));

        await RunAsync(client, streaming: true, Tools());

        Assert.Equal(4, _keys.Distinct().Count());
    }

    [Fact]
    public async Task Ids_of_the_conversation_so_far_are_taken_and_replays_get_the_same_ones()
    {
        List<ChatMessage> messages =
        [
            new(ChatRole.User, "look"), new(ChatRole.Assistant, [new FunctionCallContent("call_0", "look")]),
            new(ChatRole.Tool, [new FunctionResultContent("call_0", "seen")]), new(ChatRole.Assistant, "Seen."), new(ChatRole.User, "again"),
        ];

        async Task<string> IdAsync() => Results((await new AgentLoop(new ScriptedChatClient(new ScriptedRound().Call("call_0", "look"), new ScriptedRound().Text("Seen.")))
            .RunToCompletionAsync(messages, new() { Tools = Tools() })).Finished)[0].CallId;

        var id = await IdAsync();
        Assert.NotEqual("call_0", id);
        Assert.Equal(id, await IdAsync());
    }

    [Fact]
    public async Task The_clients_own_call_stays_as_it_is()
    {
        var call = ScriptedRound.CallContent("call_0", "look");
        call.AdditionalProperties = new() { ["kept"] = 1 };
        var client = new ScriptedChatClient(new ScriptedRound().Call("call_0", "look", new { x = 1 }), new ScriptedRound().Content(call), new ScriptedRound().Text("done"));

        var (_, finished) = await RunAsync(client, streaming: true, Tools());

        Assert.Equal("call_0", call.CallId);
        var renamed = finished.NewMessages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Last();
        Assert.NotEqual("call_0", renamed.CallId);
        Assert.Equal(1, renamed.AdditionalProperties!["kept"]);
    }

    [Fact]
    public async Task Stored_request_is_answered_by_a_result_behind_it_only()
    {
        var call = new FunctionCallContent("call_0", "pay", new Dictionary<string, object?> { ["amount"] = 9 });
        var request = new ToolApprovalRequestContent("approval_1", call);
        List<ChatMessage> stored =
        [
            new(ChatRole.User, "look, then pay"), new(ChatRole.Assistant, [new FunctionCallContent("call_0", "look")]), new(ChatRole.Tool, [new FunctionResultContent("call_0", "seen")]),
            new(ChatRole.Assistant, [call, request]), new(ChatRole.User, [request.CreateResponse(approved: true)]),
        ];
        var client = new ScriptedChatClient(new ScriptedRound().Text("paid"));

        await new AgentLoop(client).RunToCompletionAsync(stored, new() { Tools = Tools() });

        Assert.Equal(["pay 9"], _ran);
        Assert.Equal(["seen", "paid 9"], client.Requests[0].Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => (string)r.Result!));
    }

    [Fact]
    public async Task Stored_request_that_may_mean_either_of_two_calls_is_refused()
    {
        FunctionCallContent[] calls = [.. new[] { 1_000_000, 1 }.Select(amount => new FunctionCallContent("x", "pay", new Dictionary<string, object?> { ["amount"] = amount }))];
        var request = new ToolApprovalRequestContent("approval_1", calls[1]);
        List<ChatMessage> stored =
        [
            new(ChatRole.User, "pay"), new(ChatRole.Assistant, [.. calls, request]), new(ChatRole.User, [request.CreateResponse(approved: true)]),
        ];

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => new AgentLoop(new ScriptedChatClient()).RunToCompletionAsync(stored, new() { Tools = Tools() }));

        Assert.Contains("more than one call with the id 'x'", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_ran);
    }

    private static string Amount(ToolApprovalRequestContent request) => $"{((FunctionCallContent)request.ToolCall).Arguments!["amount"]}";

    private Task<AgentResult> ContinueAsync(IChatClient client, AgentFinished first, ChatMessage answer) =>
        new AgentLoop(client).RunToCompletionAsync([.. Question, .. first.NewMessages, answer], new() { Tools = Tools() });

    private AITool[] Tools() => [new ApprovalRequiredAIFunction(Recording("pay")), Recording("write"), RawTool("look", (_, _) => Ran("look", "seen"))];

    private AIFunction Recording(string name) => RawTool(name, (arguments, _) =>
    {
        Assert.True(ToolCallContext.TryGet(arguments, out var context));
        lock (_keys)
        {
            _keys.Add(context.IdempotencyKey);
        }

        return Ran($"{name} {arguments["amount"]}", $"paid {arguments["amount"]}");
    });

    private ValueTask<object?> Ran(string what, string result)
    {
        lock (_ran)
        {
            _ran.Add(what);
        }

        return ValueTask.FromResult<object?>(result);
    }
}
