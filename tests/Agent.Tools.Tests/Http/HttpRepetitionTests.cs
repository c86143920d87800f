using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Http;

/// <summary>Repeated requests: when they are sent, and how a server can tell them from new ones.</summary>
public sealed class HttpRepetitionTests
{
    [Theory]
    [InlineData("POST", "key-1")]
    [InlineData("DELETE", "key-1")]
    [InlineData("GET", null)]
    public async Task A_request_that_changes_something_bears_the_key_of_its_call(string method, string? expected)
    {
        await using var fixture = await HttpToolFixture.StartAsync($"url: '{{server}}/x'\nmethod: {method}", _ => LocalHttpServer.Json("{}"), parameters: string.Empty, required: string.Empty);
        var arguments = ToolCalls.Arguments("{}");
        new ToolCallContext("call_1", "key-1").AddTo(arguments);

        await fixture.Registry.Tools[0].InvokeAsync(arguments);

        Assert.Equal(expected, fixture.Server.Requests.Single().Headers.GetValueOrDefault("Idempotency-Key"));
    }

    [Fact]
    public async Task The_key_of_the_file_wins_and_outside_the_loop_there_is_none()
    {
        await using var fixed1 = await HttpToolFixture.StartAsync(
            "url: '{server}/x'\nmethod: POST\nheaders: { idempotency-key: mine }", _ => LocalHttpServer.Json("{}"), parameters: string.Empty, required: string.Empty);
        var arguments = ToolCalls.Arguments("{}");
        new ToolCallContext("call_1", "key-1").AddTo(arguments);
        await fixed1.Registry.Tools[0].InvokeAsync(arguments);
        Assert.Equal("mine", fixed1.Server.Requests.Single().Headers["Idempotency-Key"]);

        await using var outside = await HttpToolFixture.StartAsync("url: '{server}/x'\nmethod: POST", _ => LocalHttpServer.Json("{}"), parameters: string.Empty, required: string.Empty);
        await outside.CallAsync("{}");
        Assert.DoesNotContain("Idempotency-Key", outside.Server.Requests.Single().Headers.Keys);
    }

    [Theory]
    [InlineData("Retry-After: 120", 120.0)]
    [InlineData("Retry-After: Fri, 01 Jan 1999 00:00:00 GMT", 0.0)]
    [InlineData("Retry-After: soon", null)]
    [InlineData("X: y", null)]
    public async Task What_a_server_says_about_coming_again_is_read(string header, double? seconds)
    {
        await using var fixture = await HttpToolFixture.StartAsync(
            "url: '{server}/x'", _ => LocalHttpServer.Response(429, "text/plain", [], header), parameters: string.Empty, required: string.Empty);

        var exception = await Assert.ThrowsAsync<TransientToolException>(() => fixture.CallAsync("{}"));

        Assert.Equal(seconds, exception.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_server_that_says_when_to_come_again_is_believed()
    {
        var time = new ManualTimeProvider();
        var calls = 0;
        await using var registry = await new ToolRegistryBuilder { TimeProvider = time }
            .AddFunction(
                AIFunctionFactory.Create(
                    () => ++calls > 1 ? "answer" : throw new TransientToolException("later") { RetryAfter = TimeSpan.FromMinutes(2) }, "busy", "Busy at first"),
                new ToolLimits { Timeout = TimeSpan.FromMinutes(5) },
                isIdempotent: true)
            .BuildAsync();

        var answer = registry.CallAsync("busy");
        time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(1, calls);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("\"answer\"", await answer);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Zero_seconds_means_at_once()
    {
        var calls = 0;
        await using var fixture = await HttpToolFixture.StartAsync(
            "url: '{server}/x'",
            _ => Interlocked.Increment(ref calls) == 1 ? LocalHttpServer.Response(503, "text/plain", [], "Retry-After: 0") : LocalHttpServer.Json("""{"ok":true}"""),
            parameters: string.Empty,
            required: string.Empty,
            limits: "{ retries: 1 }");

        Assert.Equal("""{"ok":true}""", await fixture.CallAsync("{}"));
    }
}
