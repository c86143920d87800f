using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.Approval;
using Agent.Tools.Mcp.Serving;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Host.Tests.Mcp;

/// <summary>A registry as clients of the protocol see it, through the C# client over pipes.</summary>
public sealed class McpRegistryServerTests
{
    private const string Secret = "Server=db;Password=hunter2";
    private static readonly string[] Handshake =
    [
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""",
        """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
    ];

    [Fact]
    public async Task Tools_are_listed_with_description_schema_and_hints()
    {
        await using var registry = await BuildAsync(builder => builder
            .AddFunction(Function((string city) => city, "echo", "Says the city"), isIdempotent: true)
            .AddFunction(Function(() => { }, "send", "Sends"), effects: ToolEffects.Write));
        await using var connection = await ServeAsync(registry);

        var tools = await connection.Client.ListToolsAsync(cancellationToken: connection.TooLong);

        Assert.Equal(["echo", "send"], tools.Select(tool => tool.Name));
        Assert.Equal("Says the city", tools[0].Description);
        Assert.Equal(registry.Tools[0].JsonSchema.GetRawText(), tools[0].JsonSchema.GetRawText());
        Assert.Equal([(true, true), (false, false)], tools.Select(tool => (tool.ProtocolTool.Annotations!.ReadOnlyHint!.Value, tool.ProtocolTool.Annotations.IdempotentHint!.Value)));
    }

    [Theory]
    [InlineData(false, 5, null)]
    [InlineData(false, 500, "'order' needs the approval of a person, which this server cannot ask for. Answer without it, and say so.")]
    [InlineData(true, 500, null)]
    public async Task A_call_that_needs_approval_is_refused_unless_the_client_asks(bool clientAsks, int amount, string? error)
    {
        await using var registry = await BuildAsync(builder => builder.AddFunction(
            Function((int amount) => $"ordered {amount}", "order"), effects: ToolEffects.Write, approval: ToolApproval.When(ApprovalCondition.Parse("amount > 100"))));
        await using var connection = await ServeAsync(registry, new McpServingOptions { ClientAsksForApproval = clientAsks });

        var result = await connection.Client.CallToolAsync("order", new Dictionary<string, object?>(StringComparer.Ordinal) { ["amount"] = amount }, cancellationToken: connection.TooLong);

        Assert.Equal((error is not null, error ?? $"ordered {amount}"), (result.IsError == true, Text(result)));
    }

    [Fact]
    public async Task What_the_file_masks_before_the_model_is_masked_here_too()
    {
        await using var registry = await new ToolRegistryBuilder()
            .Register("phone", () => "call 13800138000")
            .Register("fail", string () => throw new ToolException("nobody at 13800138000"))
            .AddText(
                "version: 1\nmasking: { patterns: [phone], before_model: true }\ntools:\n  - { name: a, description: d, kind: function, options: { function: phone } }\n"
                    + "  - { name: b, description: d, kind: function, options: { function: fail } }",
                "tools.yaml").BuildAsync();
        await using var connection = await ServeAsync(registry);

        Assert.Equal("call [phone]", Text(await connection.Client.CallToolAsync("a", cancellationToken: connection.TooLong)));
        Assert.Equal("nobody at [phone]", Text(await connection.Client.CallToolAsync("b", cancellationToken: connection.TooLong)));
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        await using var registry = await BuildAsync(builder => Enumerable.Range(1, 5).ToList().ForEach(i => builder.AddFunction(Function(() => i, $"tool_{i}"))));
        await using var connection = await ServeAsync(registry, new McpServingOptions { PageSize = 2 });

        var first = await connection.Client.ListToolsAsync(new ListToolsRequestParams(), connection.TooLong);
        var second = await connection.Client.ListToolsAsync(new ListToolsRequestParams { Cursor = first.NextCursor }, connection.TooLong);
        var third = await connection.Client.ListToolsAsync(new ListToolsRequestParams { Cursor = second.NextCursor }, connection.TooLong);
        var all = await connection.Client.ListToolsAsync(cancellationToken: connection.TooLong);

        Assert.Equal([["tool_1", "tool_2"], ["tool_3", "tool_4"], ["tool_5"]], new[] { first, second, third }.Select(page => page.Tools.Select(tool => tool.Name)));
        Assert.Null(third.NextCursor);
        Assert.Equal(5, all.Count);
        var error = await Assert.ThrowsAnyAsync<McpProtocolException>(
            async () => await connection.Client.ListToolsAsync(new ListToolsRequestParams { Cursor = "tool_9" }, connection.TooLong));
        Assert.Equal(McpErrorCode.InvalidParams, error.ErrorCode);
    }

    [Fact]
    public async Task A_JSON_object_comes_as_text_and_as_structure()
    {
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function((string city) => new { city, degrees = 31 }, "weather")));
        await using var connection = await ServeAsync(registry);

        var result = await connection.Client.CallToolAsync("weather", new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "广州" }, cancellationToken: connection.TooLong);

        Assert.NotEqual(true, result.IsError);
        Assert.Equal("""{"city":"广州","degrees":31}""", Text(result));
        Assert.Equal(31, result.StructuredContent!.Value.GetProperty("degrees").GetInt32());
    }

    [Fact]
    public async Task Other_results_come_as_text_alone()
    {
        await using var registry = await BuildAsync(builder => builder
            .AddFunction(Function(() => "plain {text}", "text"))
            .AddFunction(Function(() => new[] { 1, 2 }, "list"))
            .AddFunction(Function(() => { }, "nothing"))
            .AddFunction(Function(() => "{ not JSON", "brace")));
        await using var connection = await ServeAsync(registry);

        foreach (var (tool, text) in new[] { ("text", "plain {text}"), ("list", "[1,2]"), ("brace", "{ not JSON") })
        {
            var result = await connection.Client.CallToolAsync(tool, cancellationToken: connection.TooLong);
            Assert.Equal(text, Text(result));
            Assert.Null(result.StructuredContent);
        }

        Assert.NotEmpty(Text(await connection.Client.CallToolAsync("nothing", cancellationToken: connection.TooLong)));
    }

    [Fact]
    public async Task A_remark_that_no_answer_may_leave_out_comes_too()
    {
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function(() => ToolResultNotice.Attach("""{"degrees": 8}""", "climate table (offline)"), "weather")));
        await using var connection = await ServeAsync(registry);

        var result = await connection.Client.CallToolAsync("weather", cancellationToken: connection.TooLong);

        Assert.Equal(["""{"degrees": 8}""", "Say so in the answer: climate table (offline)."], result.Content.Cast<TextContentBlock>().Select(block => block.Text));
        Assert.Equal(8, result.StructuredContent!.Value.GetProperty("degrees").GetInt32());
    }

    [Fact]
    public async Task A_picture_comes_as_such_unless_it_is_too_big()
    {
        var limits = new ToolLimits { MaxResultBytes = 256 };
        await using var registry = await BuildAsync(builder => builder
            .AddFunction(new Declared("small", result: new DataContent(new byte[200], "image/png")), limits)
            .AddFunction(new Declared("big", result: new DataContent(new byte[300], "image/png")), limits));
        await using var connection = await ServeAsync(registry);

        var small = await connection.Client.CallToolAsync("small", cancellationToken: connection.TooLong);
        var big = await connection.Client.CallToolAsync("big", cancellationToken: connection.TooLong);

        Assert.Equal(200, Assert.IsType<ImageContentBlock>(Assert.Single(small.Content)).DecodedData.Length);
        Assert.Equal("[image/png, 300 bytes, not shown: the limit is 256 bytes]", Text(big));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_that_is_too_long_is_cut_and_says_so(bool isObject)
    {
        var limits = new ToolLimits { MaxResultBytes = 1_000 };
        object result = isObject ? JsonSerializer.SerializeToElement(new { text = new string('x', 5_000) }) : new string('x', 5_000);
        await using var registry = await BuildAsync(builder => builder.AddFunction(new Declared("long", result: result), limits));
        await using var connection = await ServeAsync(registry);

        var answer = await connection.Client.CallToolAsync("long", cancellationToken: connection.TooLong);

        Assert.InRange(Encoding.UTF8.GetByteCount(Text(answer)), 900, 1_000);
        Assert.Contains("[truncated: the result has ", Text(answer), StringComparison.Ordinal);
        Assert.Null(answer.StructuredContent);
    }

    [Fact]
    public async Task Wrong_arguments_are_a_result_that_says_what_is_wrong()
    {
        var calls = 0;
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function((string city) => $"{city} {++calls}", "weather")));
        await using var connection = await ServeAsync(registry);

        var result = await connection.Client.CallToolAsync("weather", new Dictionary<string, object?>(StringComparer.Ordinal) { ["town"] = "Paris" }, cancellationToken: connection.TooLong);

        Assert.True(result.IsError);
        Assert.StartsWith("Invalid arguments for weather: \"city\" is required and missing", Text(result), StringComparison.Ordinal);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_failure_of_the_tool_is_a_result_in_its_own_words()
    {
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function(string () => throw new ToolException("There is no order 7."), "order")));
        await using var connection = await ServeAsync(registry);

        var result = await connection.Client.CallToolAsync("order", cancellationToken: connection.TooLong);

        Assert.True(result.IsError);
        Assert.Equal("There is no order 7.", Text(result));
    }

    [Fact]
    public async Task Whatever_else_is_thrown_stays_here_and_out_of_the_log()
    {
        using var logs = new RecordingLoggerFactory(LogLevel.Debug);
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function(string () => throw new InvalidOperationException(Secret), "order")), logs);
        await using var connection = await ServeAsync(registry, new McpServingOptions { LoggerFactory = logs });

        var result = await connection.Client.CallToolAsync("order", cancellationToken: connection.TooLong);

        Assert.True(result.IsError);
        Assert.Equal("The tool 'order' failed. Try another way or answer without it.", Text(result));
        Assert.Contains(logs.Entries, entry => entry.StartsWith("Error Tool order threw InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Entries, entry => entry.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_tool_is_an_error_of_the_protocol()
    {
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function(() => 1, "get_weather")));
        await using var connection = await ServeAsync(registry);

        var error = await Assert.ThrowsAnyAsync<McpProtocolException>(async () => await connection.Client.CallToolAsync("getweather\n", cancellationToken: connection.TooLong));

        Assert.Equal(McpErrorCode.InvalidParams, error.ErrorCode);
        Assert.Contains("There is no tool 'getweather\\n'. Did you mean 'get_weather'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_cancels_a_call_stops_the_tool()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registry = await BuildAsync(builder => builder
            .AddFunction(Function(async (CancellationToken token) => await HangAsync(started, stopped, token), "slow"), new ToolLimits { Timeout = TimeSpan.FromMinutes(5) })
            .AddFunction(Function(() => "still here", "quick")));
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var output = new MemoryStream();
        var input = new Pipe();

        var served = new McpRegistryServer(registry).ServeAsync(input.Reader.AsStream(), output, tooLong.Token);
        await WriteAsync(input, [.. Handshake, """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow"}}"""]);
        await started.Task.WaitAsync(tooLong.Token);
        await WriteAsync(input, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"reason":"changed my mind"}}""");
        await stopped.Task.WaitAsync(tooLong.Token);
        await WriteAsync(input, """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"quick"}}""");
        await input.Writer.CompleteAsync();
        await served;

        var answers = Answers(output);
        Assert.Equal([1, 3], answers.Keys.Order());
        Assert.Equal("still here", answers[3].GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Each_call_has_a_key_of_its_own()
    {
        await using var registry = await BuildAsync(builder => builder.AddFunction(new Declared("key", run: arguments =>
            ToolCallContext.TryGet(arguments, out var context) ? context.IdempotencyKey : "none")));
        await using var connection = await ServeAsync(registry);

        var first = Text(await connection.Client.CallToolAsync("key", cancellationToken: connection.TooLong));
        var second = Text(await connection.Client.CallToolAsync("key", cancellationToken: connection.TooLong));

        Assert.Matches("^mcp-[0-9a-f]{32}$", first);
        Assert.Matches("^mcp-[0-9a-f]{32}$", second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Requests_that_came_before_the_end_of_the_input_are_answered()
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registry = await BuildAsync(builder => builder.AddFunction(Function(async () => { called.SetResult(); return await answer.Task; }, "slow")));
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var output = new MemoryStream();

        var served = new McpRegistryServer(registry).ServeAsync(
            Lines([.. Handshake, """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow"}}""", """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"slow","arguments":"x"}}"""]),
            output,
            tooLong.Token);
        await called.Task.WaitAsync(tooLong.Token);
        answer.SetResult("here");
        await served;

        var answers = Answers(output);
        Assert.Equal([1, 2, 3], answers.Keys.Order());
        Assert.Equal("here", answers[2].GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal((int)McpErrorCode.InvalidParams, answers[3].GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_call_that_outlasts_its_client_is_stopped()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new ManualTimeProvider();
        var options = new McpServingOptions { DrainTime = TimeSpan.FromSeconds(7), TimeProvider = time };
        await using var registry = await BuildAsync(builder => builder
            .AddFunction(Function(async (CancellationToken token) => await HangAsync(started, stopped, token), "slow"), new ToolLimits { Timeout = TimeSpan.FromMinutes(5) }));
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var served = new McpRegistryServer(registry, options).ServeAsync(
            Lines([.. Handshake, """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow"}}"""]), Stream.Null, tooLong.Token);
        await started.Task.WaitAsync(tooLong.Token);
        await time.TimerStartedAsync(due => due == options.DrainTime);
        time.Advance(options.DrainTime);

        await served;
        await stopped.Task.WaitAsync(tooLong.Token);
    }

    [Fact]
    public async Task An_option_outside_its_range_is_refused()
    {
        await using var registry = await BuildAsync(_ => { });

        Assert.Throws<ArgumentOutOfRangeException>(() => new McpRegistryServer(registry, new McpServingOptions { PageSize = 0 }));
        Assert.Throws<ArgumentException>(() => new McpRegistryServer(registry, new McpServingOptions { Name = " " }));
    }

    private static async Task<string> HangAsync(TaskCompletionSource started, TaskCompletionSource stopped, CancellationToken cancellationToken)
    {
        started.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }
        finally
        {
            stopped.TrySetResult();
        }
    }

    private static AIFunction Function(Delegate method, string name, string description = "A tool") => AIFunctionFactory.Create(method, name, description);

    private static async Task<ToolRegistry> BuildAsync(Action<ToolRegistryBuilder> add, ILoggerFactory? logs = null)
    {
        var builder = logs is null ? new ToolRegistryBuilder() : new ToolRegistryBuilder { LoggerFactory = logs };
        add(builder);
        return await builder.BuildAsync();
    }

    private static Task<McpConnection> ServeAsync(ToolRegistry registry, McpServingOptions? options = null) =>
        McpConnection.StartAsync((input, output) => new McpRegistryServer(registry, options).ServeAsync(input, output));

    private static string Text(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    private static Dictionary<int, JsonElement> Answers(MemoryStream output) => Encoding.UTF8.GetString(output.ToArray())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonElement.Parse(line))
        .ToDictionary(message => message.GetProperty("id").GetInt32());

    private static async Task WriteAsync(Pipe pipe, params string[] lines) => await pipe.Writer.WriteAsync(Lines(lines).ToArray());

    private static MemoryStream Lines(IEnumerable<string> lines) => new(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    /// <summary>A function whose schema and result are given as they are.</summary>
    private sealed class Declared(string name, string schema = """{"type":"object"}""", object? result = null, Func<AIFunctionArguments, object?>? run = null) : AIFunction
    {
        public override string Name => name;

        public override string Description => "A tool";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse(schema);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => new(run is null ? result : run(arguments));
    }
}
