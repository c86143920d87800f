using Agent.Core.Agents;
using Agent.Host.Conversations;
using Agent.Host.Terminal;
using Agent.Host.Tests.Support;
using Agent.Testing;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Conversations;

/// <summary>The console asks, and the run goes on as if it were one.</summary>
public sealed class ApprovingRunTests
{
    private readonly List<string> _ran = [];
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("y\n", "paid 9", "Allow pay? [y = yes, Enter = no, or say why not] ")]
    [InlineData("好\n", "paid 9", "Allow pay?")]
    [InlineData("\n", "the user declined this call. Do not", "Allow pay?")]
    [InlineData("no\n", "the user declined this call. Do not", "Allow pay?")]
    [InlineData("too dear\n", "the user declined this call and said: too dear", "Allow pay?")]
    [InlineData("", "the user declined this call. Do not", "Allow pay?")]
    public async Task Answer_at_the_terminal_decides(string typed, string result, string asked)
    {
        var console = new FakeConsole(typed) { IsInputRedirected = false, IsErrorRedirected = false };
        var terminal = new ConsoleTerminal(console, new Dictionary<string, string>(StringComparer.Ordinal) { ["TERM"] = "dumb" });

        var (events, finished) = await RunAsync(new TerminalApprovalPrompt(terminal, new TerminalLines(console.In)));

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Contains(result, Assert.Single(events.OfType<AgentToolCallFinished>()).Content, StringComparison.Ordinal);
        Assert.Contains(asked, console.Errors, StringComparison.Ordinal);
        Assert.Equal(result.StartsWith("paid", StringComparison.Ordinal) ? 1 : 0, _ran.Count);
    }

    [Fact]
    public async Task Parts_add_up_to_one_run()
    {
        var (events, finished) = await RunAsync(new PresetApproval());

        Assert.Equal(["pay"], events.OfType<AgentToolCallRequested>().Select(e => e.Name));
        Assert.Single(events.OfType<AgentFinished>());
        Assert.Equal((2, 2L), (finished.Rounds, finished.Usage.OutputTokenCount));
        Assert.Equal([ChatRole.Assistant, ChatRole.User, ChatRole.Tool, ChatRole.Assistant], finished.NewMessages.Select(m => m.Role));
        Assert.Empty(finished.PendingApprovals);
    }

    [Fact]
    public async Task Times_to_first_token_and_text_count_from_the_start_of_the_first_part()
    {
        var (_, finished) = await RunAsync(new PresetApproval());

        // Each part asks the model once, which takes a second; the first part writes a call, and only the second writes text.
        Assert.Equal(TimeSpan.FromSeconds(2), finished.Duration);
        Assert.Equal(TimeSpan.FromSeconds(1), finished.Timings.TimeToFirstToken);
        Assert.Equal(TimeSpan.FromSeconds(2), finished.Timings.TimeToFirstText);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_the_run_ends_with_what_waits()
    {
        var (events, finished) = await RunAsync(prompt: null);

        Assert.Equal(AgentFinishReason.ApprovalRequired, finished.Reason);
        Assert.Single(events.OfType<AgentApprovalRequested>());
        Assert.Empty(_ran);
    }

    [Fact]
    public void Answer_to_a_request_belongs_to_the_turn_that_asked()
    {
        var call = new FunctionCallContent("1", "pay");
        var request = new ToolApprovalRequestContent("a", call);
        List<ChatMessage> messages =
        [
            new(ChatRole.System, "s"), new(ChatRole.User, "first"), new(ChatRole.Assistant, [call, request]),
            new(ChatRole.User, [request.CreateResponse(approved: true, reason: null)]), new(ChatRole.Tool, [new FunctionResultContent("1", "ok")]),
            new(ChatRole.User, "second"),
        ];

        Assert.True(HistoryWindowChatClient.DropOldestTurn(messages));

        Assert.Equal(["s", "second"], messages.Select(m => m.Text));
    }

    private async Task<(List<AgentEvent> Events, AgentFinished Finished)> RunAsync(IApprovalPrompt? prompt)
    {
        var tool = new ApprovalRequiredAIFunction(AIFunctionFactory.Create((int amount) =>
        {
            _ran.Add($"{amount}");
            return $"paid {amount}";
        }, "pay"));
        List<AgentEvent> events = [];
        await foreach (var next in ApprovingRun.RunAsync(
            new AgentLoop(new PayingClient(_time), timeProvider: _time), [new(ChatRole.User, "pay 9")], new AgentRequest { Tools = [tool] }, prompt, CancellationToken.None))
        {
            events.Add(next);
        }

        return (events, Assert.IsType<AgentFinished>(events[^1]));
    }

    /// <summary>Calls once, then answers; one token and one second each.</summary>
    private sealed class PayingClient(ManualTimeProvider time) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            time.SetUtcNow(time.GetUtcNow() + TimeSpan.FromSeconds(1));
            AIContent content = messages.Any(m => m.Role == ChatRole.Tool)
                ? new TextContent("done")
                : new FunctionCallContent("1", "pay", new Dictionary<string, object?> { ["amount"] = 9 });
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content])) { Usage = new() { OutputTokenCount = 1 } });
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetResponseAsync(messages, options, cancellationToken).Result.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
