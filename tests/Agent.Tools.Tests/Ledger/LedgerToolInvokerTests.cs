using System.Text.Json;
using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.Ledger;
using Agent.Tools.Masking;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Tests.Ledger;

/// <summary>One call never runs twice: not in parallel, not after a restart, not where its end is unknown.</summary>
public sealed class LedgerToolInvokerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-ledger-").FullName;
    private readonly ManualTimeProvider _time = new();

    private string Path => System.IO.Path.Combine(_folder, "data", "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Second_attempt_gets_the_result_of_the_first_even_from_another_process()
    {
        var calls = 0;
        var tool = await Tool(() => $"order {++calls}");

        Assert.Equal("order 1", (await Invoke(tool, "key")).Content);
        Assert.Equal("order 1", (await Invoke(tool, "key")).Content);
        Assert.Equal("order 2", (await Invoke(tool, "other key")).Content);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Failure_that_the_tool_reported_is_told_again_and_not_tried_again()
    {
        var calls = 0;
        var tool = await Tool(string () => throw new ToolException($"out of stock {++calls}"));

        Assert.Equal("out of stock 1", await Fail(tool, "key"));
        Assert.Equal("out of stock 1", await Fail(tool, "key"));
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("transient")]
    [InlineData("unexpected")]
    [InlineData("cancelled")]
    public async Task Call_whose_end_nobody_knows_is_not_repeated(string end)
    {
        var calls = 0;
        var tool = await Tool(string () =>
        {
            calls++;
            throw end switch
            {
                "transient" => new TransientToolException("lost"),
                "cancelled" => new OperationCanceledException(),
                _ => new InvalidOperationException("boom"),
            };
        });
        await Assert.ThrowsAnyAsync<Exception>(async () => await Invoke(tool, "key"));

        Assert.Contains("its outcome is not known", await Fail(tool, "key"), StringComparison.Ordinal);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Of_many_at_once_one_runs()
    {
        var calls = 0;
        var tool = await Tool(() =>
        {
            Interlocked.Increment(ref calls);
            return "done";
        });
        await Invoke(tool, "warm up");
        calls = 0;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await Invoke(tool, "key")).Content;
            }
            catch (ToolException exception)
            {
                return exception.Message;
            }
        })));

        Assert.Equal(1, calls);
        Assert.All(outcomes, outcome => Assert.True(outcome == "done" || outcome.Contains("not known", StringComparison.Ordinal), outcome));
    }

    [Fact]
    public async Task Tools_that_only_look_are_not_entered()
    {
        var calls = 0;
        var tool = await Tool(() => $"{++calls}", ToolEffects.Read);

        await Invoke(tool, "key");
        await Invoke(tool, "key");

        Assert.Equal(2, calls);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Ledger_that_cannot_be_written_keeps_the_tool_from_running()
    {
        File.WriteAllText(System.IO.Path.Combine(_folder, "data"), "a file where the folder should be");
        var calls = 0;
        var tool = await Tool(() => $"{++calls}");

        Assert.Contains("ledger", await Fail(tool, "key"), StringComparison.Ordinal);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task Old_entries_are_removed()
    {
        var ledger = new SqliteToolLedger(Path, _time);
        Assert.Null(await ledger.BeginAsync("key", "t", CancellationToken.None));
        _time.Advance(SqliteToolLedger.Retention - TimeSpan.FromMinutes(1));
        Assert.NotNull(await new SqliteToolLedger(Path, _time).BeginAsync("key", "t", CancellationToken.None));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await new SqliteToolLedger(Path, _time).BeginAsync("key", "t", CancellationToken.None));
    }

    [Fact]
    public async Task Approved_call_runs_once_though_the_answer_is_given_in_two_processes()
    {
        var calls = 0;
        await using var registry = await new ToolRegistryBuilder()
            .AddFunction(AIFunctionFactory.Create((int amount) => $"paid {amount}, {++calls}", "pay", "Pay"), effects: ToolEffects.Write, approval: Agent.Tools.Approval.ToolApproval.Always)
            .BuildAsync();
        var call = new FunctionCallContent("1", "pay", new Dictionary<string, object?> { ["amount"] = 9 });
        var request = new ToolApprovalRequestContent("approval_7", call);
        ChatMessage[] transcript =
        [
            new(ChatRole.User, "pay"), new(ChatRole.Assistant, [call, request]), new(ChatRole.User, [request.CreateResponse(approved: true, reason: null)]),
        ];
        var stored = JsonSerializer.Serialize<IReadOnlyList<ChatMessage>>(transcript, AIJsonUtilities.DefaultOptions);

        for (var process = 0; process < 2; process++)
        {
            var loop = new AgentLoop(
                new AnsweringClient(), new AgentLoopOptions { DecorateToolInvoker = inner => new LedgerToolInvoker(inner, new SqliteToolLedger(Path, _time), NullLogger<LedgerToolInvoker>.Instance) });
            var read = JsonSerializer.Deserialize<List<ChatMessage>>(stored, AIJsonUtilities.DefaultOptions)!;
            var result = await loop.RunToCompletionAsync(read, new AgentRequest { Tools = [.. registry.Tools] });
            Assert.Equal("paid 9, 1", result.Text);
        }

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("true", "call [phone]")]
    [InlineData("false", "call 13800138000")]
    public async Task Results_are_masked_before_the_model_where_the_file_says_so(string beforeModel, string expected)
    {
        await using var registry = await new ToolRegistryBuilder()
            .Register("f", () => "call 13800138000")
            .Register("g", string () => throw new ToolException("call 13800138000"))
            .AddText(
                $"version: 1\nmasking: {{ patterns: [phone], before_model: {beforeModel} }}\ntools:\n  - {{ name: t, description: d, kind: function, options: {{ function: f }} }}\n"
                    + "  - { name: u, description: d, kind: function, options: { function: g } }",
                "tools.yaml").BuildAsync();
        var invoker = new MaskingToolInvoker(new Direct(), () => registry.Mask);

        Assert.Equal(expected, (await invoker.InvokeAsync(Invocation(registry.Tools[0], "key"), CancellationToken.None)).Content);
        Assert.Equal(expected, (await Assert.ThrowsAsync<ToolException>(async () => await invoker.InvokeAsync(Invocation(registry.Tools[1], "key"), CancellationToken.None))).Message);
    }

    private static ToolInvocation Invocation(AIFunction tool, string key) => new(tool, "call_1", JsonElement.Parse("{}"), 1) { IdempotencyKey = key };

    private static async Task<RegisteredTool> Tool(Func<string> body, ToolEffects effects = ToolEffects.Write)
    {
        await using var registry = await new ToolRegistryBuilder().AddFunction(AIFunctionFactory.Create(body, "order", "Order"), effects: effects).BuildAsync();
        return registry.Tools[0];
    }

    private async Task<ToolOutcome> Invoke(AIFunction tool, string key) =>
        await new LedgerToolInvoker(new Direct(), new SqliteToolLedger(Path, _time), NullLogger<LedgerToolInvoker>.Instance).InvokeAsync(Invocation(tool, key), CancellationToken.None);

    private async Task<string> Fail(AIFunction tool, string key) => (await Assert.ThrowsAsync<ToolException>(() => Invoke(tool, key))).Message;

    private sealed class Direct : IToolInvoker
    {
        public async ValueTask<ToolOutcome> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken) =>
            ToolOutcome.Success($"{await invocation.Function.InvokeAsync(new AIFunctionArguments(), cancellationToken)}");
    }

    /// <summary>Repeats the last tool result.</summary>
    private sealed class AnsweringClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $"{messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Last().Result}")));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetResponseAsync(messages, options, cancellationToken).Result.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
