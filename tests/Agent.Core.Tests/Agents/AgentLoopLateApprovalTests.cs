using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>A call that waits for consent is answered later: after a restart, with other tools, within a limit of time.</summary>
public sealed class AgentLoopLateApprovalTests
{
    private readonly ApprovalTools _tools = new();

    [Fact]
    public async Task Transcript_that_was_stored_can_be_answered_after_a_restart()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "pay", new { amount = 9 }), new ScriptedRound().Text("paid"));
        var (_, first) = await RunAsync(client, streaming: true, _tools.All());
        var stored = JsonSerializer.Serialize<IReadOnlyList<ChatMessage>>([.. Question, .. first.NewMessages], AIJsonUtilities.DefaultOptions);

        var read = JsonSerializer.Deserialize<List<ChatMessage>>(stored, AIJsonUtilities.DefaultOptions)!;
        var request = Assert.Single(read.SelectMany(m => m.Contents).OfType<ToolApprovalRequestContent>());
        read.Add(new ChatMessage(ChatRole.User, [request.CreateResponse(approved: true, reason: null)]));
        var result = await new AgentLoop(client).RunToCompletionAsync(read, new() { Tools = _tools.All() });

        Assert.Equal("paid", result.Text);
        Assert.Equal(["pay 9"], _tools.Ran);
    }

    [Fact]
    public async Task Answer_to_a_request_that_the_transcript_does_not_hold_is_refused()
    {
        var answer = new ToolApprovalResponseContent("approval_7", approved: true, new FunctionCallContent("1", "pay"));

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => new AgentLoop(new ScriptedChatClient()).RunToCompletionAsync(
            [.. Question, new ChatMessage(ChatRole.User, [answer])], new() { Tools = _tools.All() }));

        Assert.Contains("'approval_7'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_that_keeps_the_history_needs_the_answer_alone()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Text("paid"));
        var call = new FunctionCallContent("1", "pay", new Dictionary<string, object?> { ["amount"] = 9 });
        var answer = new ToolApprovalRequestContent("approval_7", call).CreateResponse(approved: true, reason: null);

        var result = await new AgentLoop(client).RunToCompletionAsync(
            [new ChatMessage(ChatRole.User, [answer])], new() { Tools = _tools.All(), Options = new() { ConversationId = "c" } });

        Assert.Equal("paid", result.Text);
        Assert.Equal(["pay 9"], _tools.Ran);
        Assert.Equal([ChatRole.Tool], client.Requests[0].Messages.Select(m => m.Role));
    }

    [Fact]
    public async Task Tool_that_is_gone_when_the_answer_comes_is_told_to_the_model()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "pay", new { amount = 9 }), new ScriptedRound().Text("sorry"));
        var (_, first) = await RunAsync(client, streaming: true, _tools.All());

        var result = await new AgentLoop(client).RunToCompletionAsync([.. Question, .. first.NewMessages, ApprovalTools.Answer(first, approved: true)], new() { Tools = [ApprovalTools.Look()] });

        Assert.Equal("sorry", result.Text);
        Assert.Contains("There is no tool 'pay'", Assert.Single(Results(result.Finished)).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_that_is_gone_while_the_call_still_waits_is_told_to_the_model()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "pay", new { amount = 9 }), new ScriptedRound().Text("sorry"));
        var (_, first) = await RunAsync(client, streaming: true, _tools.All());

        var result = await new AgentLoop(client).RunToCompletionAsync([.. Question, .. first.NewMessages], new() { Tools = [ApprovalTools.Look()] });

        Assert.Equal(AgentFinishReason.Completed, result.Reason);
        Assert.Contains("There is no tool 'pay'", Assert.Single(Results(result.Finished)).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approved_call_of_a_tool_that_is_now_the_callers_is_handed_to_the_caller()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "pay", new { amount = 9 }));
        var (_, first) = await RunAsync(client, streaming: true, _tools.All());

        var result = await new AgentLoop(client).RunToCompletionAsync(
            [.. Question, .. first.NewMessages, ApprovalTools.Answer(first, approved: true)], new() { Tools = [Tool("pay", () => "unused").AsDeclarationOnly()] });

        Assert.Equal(AgentFinishReason.ToolCallsForCaller, result.Reason);
        Assert.Equal("1", Assert.Single(result.Finished.PendingCalls).CallId);
        Assert.Single(client.Requests);
    }

    [Fact]
    public async Task Time_limit_while_an_approved_call_runs_ends_the_run_with_a_valid_transcript()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "slow"));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AITool[] tools = [new ApprovalRequiredAIFunction(Tool("slow", async token =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return "never";
        }))];
        var time = new ManualTimeProvider();
        var (_, first) = await RunAsync(client, streaming: true, tools);

        var running = new AgentLoop(client, timeProvider: time).RunToCompletionAsync([.. Question, .. first.NewMessages, ApprovalTools.Answer(first, approved: true)], new() { Tools = tools });
        await started.Task.WaitAsync(HangGuard);
        time.Advance(new AgentLimits().MaxDuration);
        var result = await running.WaitAsync(HangGuard);

        Assert.Equal(AgentFinishReason.TimeLimit, result.Reason);
        Assert.Contains("time limit", Assert.Single(Results(result.Finished)).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_limit_while_an_approved_call_runs_leaves_what_nobody_answered_to_be_answered()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "slow").Call("2", "pay", new { amount = 9 }), new ScriptedRound().Text("paid"));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AITool[] tools =
        [
            new ApprovalRequiredAIFunction(Tool("slow", async token =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return "never";
            })),
            .. _tools.All(),
        ];
        var time = new ManualTimeProvider();
        var (_, first) = await RunAsync(client, streaming: true, tools);
        var half = new ChatMessage(ChatRole.User, [first.PendingApprovals[0].CreateResponse(approved: true)]);

        var running = new AgentLoop(client, timeProvider: time).RunToCompletionAsync([.. Question, .. first.NewMessages, half], new() { Tools = tools });
        await started.Task.WaitAsync(HangGuard);
        time.Advance(new AgentLimits().MaxDuration);
        var second = await running.WaitAsync(HangGuard);

        Assert.Equal(AgentFinishReason.ApprovalRequired, second.Reason);
        var waiting = Assert.Single(second.Finished.PendingApprovals);
        Assert.Equal("2", waiting.ToolCall.CallId);
        Assert.Equal("1", Assert.Single(Results(second.Finished)).CallId);
        Assert.Empty(_tools.Ran);

        var rest = new ChatMessage(ChatRole.User, [waiting.CreateResponse(approved: true)]);
        var third = await new AgentLoop(client).RunToCompletionAsync([.. Question, .. first.NewMessages, half, .. second.Finished.NewMessages, rest], new() { Tools = tools });

        Assert.Equal("paid", third.Text);
        Assert.Equal(["pay 9"], _tools.Ran);
    }
}
