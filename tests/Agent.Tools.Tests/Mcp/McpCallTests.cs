using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Mcp.Support;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp;

public sealed class McpCallTests
{
    [McpFact]
    public async Task Text_comes_back_as_text_and_structured_content_as_JSON()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal("你好\n\"quoted\"", await registry.CallAsync("echo", """{"text":"你好\n\"quoted\""}"""));
        Assert.Equal("""{"sum":3.5}""", await registry.CallAsync("math_add", """{"a":1,"b":2.5}"""));
    }

    [McpFact]
    public async Task Arguments_are_checked_before_the_server_sees_them()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.StartsWith("Invalid arguments for echo", await registry.FailAsync("echo", """{"text":5}"""), StringComparison.Ordinal);
        Assert.Equal(1, (await registry.SeenAsync()).GetProperty("calls").GetInt32());
    }

    [McpFact]
    public async Task A_result_that_says_it_is_an_error_is_told_to_the_model()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal("fail failed: the disk is full", await registry.FailAsync("fail"));
    }

    [McpFact]
    public async Task An_error_of_the_protocol_is_told_in_one_line()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal("refuse was refused by its server: MCP error -32602: not like this please", await registry.FailAsync("refuse"));
    }

    [McpFact]
    public async Task What_is_no_text_is_named_and_not_inlined()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal(
            """
            [image image/png, 6 bytes, not shown]
            [audio audio/wav, 3 bytes, not shown]
            [resource notes file:///notes.txt text/plain]
            [resource file:///inline.txt]
            inline text
            [resource file:///blob.bin, 6 bytes, not shown]
            """,
            await registry.CallAsync("media"),
            ignoreLineEndingDifferences: true);
    }

    [McpFact]
    public async Task Two_calls_run_at_once_on_one_connection()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal(["met", "met"], await Task.WhenAll(registry.CallAsync("meet"), registry.CallAsync("meet")));
    }

    [McpFact]
    public async Task A_call_that_times_out_is_cancelled_on_the_server()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program(), limits: "circuit_breaker: false, retries: 0, timeout: 2s");
        Assert.Contains("timed out", await registry.FailAsync("wait"), StringComparison.Ordinal);
        var seen = await McpTools.EventuallyAsync(() => registry.SeenAsync(), seen => seen.GetProperty("cancelled").GetInt32() == 1);
        Assert.Equal(1, seen.GetProperty("cancelled").GetInt32());
    }

    [McpFact]
    public async Task A_tool_that_changes_while_running_is_refused_and_the_others_go_on()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program(), log);
        Assert.Equal("a", await registry.CallAsync("echo", """{"text":"a"}"""));
        Assert.Equal("changed", await registry.CallAsync("change"));
        var message = await McpTools.EventuallyAsync(() => EchoAsync(registry), answer => answer != "a");
        Assert.Equal("echo cannot be called: its server changed this tool after it was reviewed, so it waits for a new review of the tools file", message);
        Assert.Equal("""{"sum":3}""", await registry.CallAsync("math_add", """{"a":1,"b":2}"""));
        Assert.Contains(log.Lines, line => line.StartsWith("Warning: MCP server srv: tool echo is no longer as it was listed", StringComparison.Ordinal));
        Assert.Equal("Gives a text back", registry.Tools[0].Description);

        static async Task<string> EchoAsync(ToolRegistry registry)
        {
            try
            {
                return await registry.CallAsync("echo", """{"text":"a"}""");
            }
            catch (ToolException exception)
            {
                return exception.Message;
            }
        }
    }

    [McpFact]
    public async Task Nothing_is_offered_to_the_server()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal("{}", (await registry.SeenAsync()).GetProperty("capabilities").GetRawText());
        Assert.StartsWith("refused: ", await registry.CallAsync("ask"), StringComparison.Ordinal);
    }

    [McpFact]
    public async Task Progress_goes_to_the_log()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program(), log);
        await registry.CallAsync("echo", """{"text":"a"}""");
        await McpTools.EventuallyAsync(() => log.Lines.Any(line => line.StartsWith("Debug: MCP server srv reports progress:", StringComparison.Ordinal) && line.Contains("\"total\":2", StringComparison.Ordinal)));
    }
}
