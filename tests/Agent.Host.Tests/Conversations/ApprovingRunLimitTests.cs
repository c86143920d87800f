using System.Text.Json;
using Agent.Core.Agents;
using Agent.Host.Conversations;
using Agent.Host.Terminal;
using Agent.Testing;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Conversations;

/// <summary>The limits of a run hold for all of its parts together, however often somebody is asked in between.</summary>
public sealed class ApprovingRunLimitTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly PayTool _pay = new();

    [Fact]
    public async Task Rounds_of_all_parts_count_together()
    {
        var finished = await RunAsync(round => Pay(round), new AgentLimits { MaxRounds = 3 });

        Assert.Equal((AgentFinishReason.RoundLimit, 3), (finished.Reason, finished.Rounds));
        Assert.Equal(["1", "2"], _pay.Paid);
    }

    [Fact]
    public async Task Repetitions_of_all_parts_count_together()
    {
        _pay.Effects = ToolEffects.Read;

        var finished = await RunAsync(_ => Pay(9), new AgentLimits { MaxRounds = 20, MaxRepeatedCalls = 2 });

        Assert.Equal((AgentFinishReason.RepeatedCall, 4), (finished.Reason, finished.Rounds));
        Assert.Equal(["9", "9"], _pay.Paid);
    }

    [Fact]
    public async Task A_write_runs_once_for_the_same_arguments_in_all_parts()
    {
        var finished = await RunAsync(round => round < 4 ? Pay(round == 2 ? 1 : 9) : new TextContent("done"));

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Equal(["9", "1"], _pay.Paid);
    }

    [Fact]
    public async Task Calls_of_a_tool_in_all_parts_count_together_and_each_once()
    {
        _pay.MaxCallsPerRun = 2;

        var finished = await RunAsync(round => round < 5 ? Pay(round) : new TextContent("done"));

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Equal(["1", "2"], _pay.Paid);
    }

    [Fact]
    public async Task A_declined_call_uses_up_none_of_the_calls_of_its_tool()
    {
        _pay.MaxCallsPerRun = 1;

        var finished = await RunAsync(round => round < 3 ? Pay(round) : new TextContent("done"), prompt: new Prompt(call => call.Arguments!["amount"] is 2));

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Equal(["2"], _pay.Paid);
    }

    [Fact]
    public async Task Times_of_all_parts_count_together_but_not_the_time_that_a_person_takes()
    {
        // Each answer of the model takes a second.
        var finished = await RunAsync(round => Pay(round), new AgentLimits { MaxRounds = 20, MaxDuration = TimeSpan.FromSeconds(3.5) }, new Prompt(_ =>
        {
            _time.Advance(TimeSpan.FromHours(1));
            return true;
        }));

        Assert.Equal((AgentFinishReason.TimeLimit, 4), (finished.Reason, finished.Rounds));
        Assert.Equal(["1", "2", "3"], _pay.Paid);
        Assert.Equal(TimeSpan.FromSeconds(4), finished.Duration);
    }

    private static FunctionCallContent Pay(int amount) => new($"call_{Guid.NewGuid():N}", "pay", new Dictionary<string, object?> { ["amount"] = amount });

    private async Task<AgentFinished> RunAsync(Func<int, AIContent> answer, AgentLimits? limits = null, IApprovalPrompt? prompt = null)
    {
        AgentFinished? finished = null;
        await foreach (var next in ApprovingRun.RunAsync(
            new AgentLoop(new Model(answer, _time), timeProvider: _time), [new(ChatRole.User, "pay")], new AgentRequest { Tools = [_pay], Limits = limits }, prompt ?? new PresetApproval(), CancellationToken.None))
        {
            finished = next as AgentFinished;
        }

        return finished!;
    }

    private sealed class PayTool : AIFunction, IToolPolicy
    {
        public List<string> Paid { get; } = [];

        public override string Name => "pay";

        public ToolEffects Effects { get; set; } = ToolEffects.Write;

        public int? MaxCallsPerRun { get; set; }

        public bool RequiresApproval(JsonElement arguments) => true;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            Paid.Add($"{arguments["amount"]}");
            return ValueTask.FromResult<object?>("paid");
        }
    }

    private sealed class Prompt(Func<FunctionCallContent, bool> agrees) : IApprovalPrompt
    {
        public Task<ToolApprovalResponseContent> AskAsync(ToolApprovalRequestContent request, CancellationToken cancellationToken) =>
            Task.FromResult(request.CreateResponse(agrees((FunctionCallContent)request.ToolCall), reason: null));
    }

    /// <summary>Answers each round as it is told, in a second.</summary>
    private sealed class Model(Func<int, AIContent> answer, ManualTimeProvider time) : IChatClient
    {
        private int _rounds;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(1));

            // Without limits nothing would end it.
            Assert.InRange(_rounds, 0, 50);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [answer(++_rounds)])));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetResponseAsync(messages, options, cancellationToken).Result.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
