using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Tools without code are the caller's.</summary>
public sealed class AgentLoopCallerToolsTests
{
    private static AITool Outside => Tool("outside", () => throw new InvalidOperationException("must not run")).AsDeclarationOnly();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Declaration_goes_back_to_the_caller(bool streaming)
    {
        var client = new ScriptedChatClient(new ScriptedRound().Text("one moment").Call("1", "outside"));

        var (events, finished) = await RunAsync(client, streaming, [Outside]);

        Assert.Equal(AgentFinishReason.ToolCallsForCaller, finished.Reason);
        Assert.Equal("1", Assert.Single(finished.PendingCalls).CallId);
        Assert.Single(events.OfType<AgentToolCallRequested>());
        Assert.Empty(events.OfType<AgentToolCallFinished>());
        Assert.Single(finished.NewMessages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mixed_turn_runs_what_is_inside_and_can_be_continued(bool streaming)
    {
        AITool[] tools = [Outside, Tool("inside", () => "in")];
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "outside").Call("2", "inside").Call("3", "outside", new { x = 1 }), new ScriptedRound().Text("done"));

        var (_, finished) = await RunAsync(client, streaming, tools);

        Assert.Equal(AgentFinishReason.ToolCallsForCaller, finished.Reason);
        Assert.Equal(["1", "3"], finished.PendingCalls.Select(c => c.CallId));
        Assert.Equal([("2", "in")], Results(finished));

        var answers = finished.PendingCalls.Select(AIContent (c) => new FunctionResultContent(c.CallId, "out")).ToList();
        var result = await new AgentLoop(client).RunToCompletionAsync(
            [.. Question, .. finished.NewMessages, new ChatMessage(ChatRole.Tool, answers)], new() { Tools = tools, Streaming = streaming });

        Assert.Equal("done", result.Text);
        Assert.Equal(4, client.Requests[1].Messages.Count);
    }

    [Fact]
    public async Task Error_in_the_same_turn_does_not_keep_the_call_from_the_caller()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "unknown").Call("2", "outside"));

        var (_, finished) = await RunAsync(client, streaming: true, [Outside]);

        Assert.Equal(AgentFinishReason.ToolCallsForCaller, finished.Reason);
        Assert.Equal("2", Assert.Single(finished.PendingCalls).CallId);
        Assert.Equal("1", Assert.Single(Results(finished)).CallId);
    }

    [Fact]
    public async Task Tool_that_is_no_function_is_passed_to_the_client_untouched()
    {
        var hosted = new HostedWebSearchTool();
        var client = new ScriptedChatClient(new ScriptedRound().Text("ok"));

        await RunAsync(client, streaming: true, [hosted]);

        Assert.Same(hosted, Assert.Single(client.Requests[0].Options!.Tools!));
    }
}
