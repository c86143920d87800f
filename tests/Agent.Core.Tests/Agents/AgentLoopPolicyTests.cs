using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>What a tool says of its calls: how many, how often the same, and which need consent.</summary>
public sealed class AgentLoopPolicyTests
{
    private readonly List<string> _ran = [];

    [Fact]
    public async Task Approval_by_policy_depends_on_the_arguments()
    {
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "order", new { amount = 5 }), new ScriptedRound().Call("2", "order", new { amount = 500 }));

        var (_, finished) = await RunAsync(client, streaming: true, [new PolicyTool("order", a => _ran.Add(a)) { AsksFrom = 100 }]);

        Assert.Equal(AgentFinishReason.ApprovalRequired, finished.Reason);
        Assert.Equal("2", Assert.Single(finished.PendingApprovals).ToolCall.CallId);
        Assert.Single(_ran);
    }

    [Fact]
    public async Task Call_that_changes_something_runs_once_in_a_run_for_the_same_arguments()
    {
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "order", new { amount = 5, note = "a" }).Call("2", "order", new { note = "a", amount = 5 }).Call("3", "order", new { amount = 6 }),
            new ScriptedRound().Text("ok"));

        var (events, _) = await RunAsync(client, streaming: true, [new PolicyTool("order", a => _ran.Add(a)) { Effects = ToolEffects.Write }]);

        Assert.Equal(2, _ran.Count);
        Assert.Equal(ToolFailureKind.RepeatedCall, events.OfType<AgentToolCallFinished>().Single(e => e.CallId == "2").Failure);
    }

    [Fact]
    public async Task Tool_has_no_more_calls_in_a_run_than_its_policy_allows()
    {
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "order", new { amount = 1 }).Call("2", "order", new { amount = 2 }), new ScriptedRound().Call("3", "order", new { amount = 3 }), new ScriptedRound().Text("ok"));

        var (events, finished) = await RunAsync(client, streaming: true, [new PolicyTool("order", a => _ran.Add(a)) { MaxCallsPerRun = 2 }]);

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Equal(2, _ran.Count);
        Assert.Equal(ToolFailureKind.TooManyCalls, events.OfType<AgentToolCallFinished>().Single(e => e.CallId == "3").Failure);
    }

    [Theory]
    [InlineData(500, null, ToolFailureKind.RepeatedCall)]
    [InlineData(5, 1, ToolFailureKind.TooManyCalls)]
    public async Task Approved_call_counts_among_the_calls_of_the_run_that_carries_it_out(int amount, int? maximum, ToolFailureKind expected)
    {
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "order", new { amount = 500 }), new ScriptedRound().Call("2", "order", new { amount }), new ScriptedRound().Text("ok"));
        AITool[] tools = [new PolicyTool("order", a => _ran.Add(a)) { Effects = ToolEffects.Write, MaxCallsPerRun = maximum, AsksFrom = 100 }];
        var (_, first) = await RunAsync(client, streaming: true, tools);

        List<AgentEvent> events = [];
        await foreach (var next in new AgentLoop(client).RunAsync([.. Question, .. first.NewMessages, ApprovalTools.Answer(first, approved: true)], new() { Tools = tools }).Guarded())
        {
            events.Add(next);
        }

        Assert.Equal(AgentFinishReason.Completed, Assert.IsType<AgentFinished>(events[^1]).Reason);
        Assert.Equal(["500"], _ran);
        Assert.Equal(expected, events.OfType<AgentToolCallFinished>().Single(e => e.CallId == "2").Failure);
    }

    private sealed class PolicyTool(string name, Action<string> ran) : AIFunction, IToolPolicy
    {
        public override string Name => name;

        public ToolEffects Effects { get; init; }

        public int? MaxCallsPerRun { get; init; }

        public int AsksFrom { get; init; } = int.MaxValue;

        public bool RequiresApproval(JsonElement arguments) => arguments.GetProperty("amount").GetInt32() >= AsksFrom;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            lock (ran)
            {
                ran($"{arguments["amount"]}");
            }

            return ValueTask.FromResult<object?>("ordered");
        }
    }
}
