using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Registry;

public sealed class RegisteredToolTests
{
    [Fact]
    public async Task Arguments_are_checked_before_the_function_runs()
    {
        var calls = 0;
        await using var registry = await new ToolRegistryBuilder()
            .AddFunction(AIFunctionFactory.Create((string text) => { calls++; return text; }, "echo", "Echo"))
            .BuildAsync();
        var message = await registry.FailAsync("echo", """{"txt":"x"}""");
        Assert.StartsWith("Invalid arguments for echo: ", message, StringComparison.Ordinal);
        Assert.Contains("text", message, StringComparison.Ordinal);
        Assert.Contains("text", await registry.FailAsync("echo", """{"text":5}"""), StringComparison.Ordinal);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_failure_is_one_line_of_the_log_whatever_the_message_holds()
    {
        using var log = new CapturingLoggerFactory();
        await using var registry = await new ToolRegistryBuilder { LoggerFactory = log }
            .AddFunction(AIFunctionFactory.Create(string (string text) => throw new ToolException($"no {text}"), "bad", "Bad"))
            .BuildAsync();
        Assert.Equal("no a\r\nWarning: forged\u001b[31m", await registry.FailAsync("bad", """{"text":"a\r\nWarning: forged\u001b[31m"}"""));
        var line = Assert.Single(log.Lines);
        Assert.EndsWith("no a\\r\\nWarning: forged\\u001b[31m", line.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
    }

    [Fact]
    public async Task An_exception_that_is_not_meant_for_the_model_passes_unchanged()
    {
        await using var registry = await new ToolRegistryBuilder()
            .AddFunction(AIFunctionFactory.Create(string () => throw new InvalidOperationException("inner"), "bad", "Bad"))
            .BuildAsync();
        Assert.True(registry.TryGet("bad", out var tool));
        Assert.Equal("inner", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await tool.InvokeAsync())).Message);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_tool_failure()
    {
        await using var registry = await new ToolRegistryBuilder()
            .AddFunction(AIFunctionFactory.Create((CancellationToken token) => Task.Delay(Timeout.Infinite, token), "wait", "Wait"))
            .BuildAsync();
        using var cancellation = new CancellationTokenSource();
        var call = registry.CallAsync("wait", cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("a", 10_000)]
    [InlineData("广", 10_000)]
    [InlineData("😀", 10_000)]
    public void Long_results_are_cut_at_a_character_and_say_so(string unit, int count)
    {
        var text = string.Concat(Enumerable.Repeat(unit, count));
        foreach (var limit in Enumerable.Range(256, 8))
        {
            var cut = Assert.IsType<string>(ResultSize.Cap(text, limit));
            Assert.InRange(Encoding.UTF8.GetByteCount(cut), limit - 4, limit);
            Assert.EndsWith($"\n... [truncated: the result has {Encoding.UTF8.GetByteCount(text)} bytes, the limit is {limit}]", cut, StringComparison.Ordinal);
            Assert.Empty(cut[..cut.IndexOf('\n', StringComparison.Ordinal)].Replace(unit, string.Empty, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Results_within_the_limit_stay_as_they_are()
    {
        var json = JsonDocument.Parse("""{"a":1.0}""").RootElement;
        Assert.Equal(json, ResultSize.Cap(json, 256));
        var exact = new string('x', 256);
        Assert.Same(exact, ResultSize.Cap(exact, 256));
        Assert.Null(ResultSize.Cap(null, 256));
        Assert.IsType<string>(ResultSize.Cap(JsonDocument.Parse($"[\"{new string('x', 256)}\"]").RootElement, 256));
    }
}
