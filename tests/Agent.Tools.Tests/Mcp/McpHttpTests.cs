using Agent.Tools.Tests.Mcp.Support;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp;

public sealed class McpHttpTests
{
    [McpFact]
    public async Task Tools_behind_HTTP_are_listed_and_called()
    {
        foreach (var answers in new[] { "events", "json" })
        {
            await using var server = await McpHttpServer.StartAsync(answers: answers);
            await using var registry = await McpTools.StartAsync(server.Options);
            Assert.Equal(12, registry.Tools.Count);
            Assert.Equal("hi", await registry.CallAsync("echo", """{"text":"hi"}"""));
            Assert.Equal(["met", "met"], await Task.WhenAll(registry.CallAsync("meet"), registry.CallAsync("meet")));
        }
    }

    [McpFact]
    public async Task A_private_address_is_refused_unless_it_is_allowed()
    {
        await using var server = await McpHttpServer.StartAsync();
        var url = server.Url.Replace("http://", "https://", StringComparison.Ordinal);
        var problem = Assert.Single(await McpTools.Builder($"url: {url}/mcp").ProblemsAsync());
        Assert.Contains("leads to an address that is not public", problem, StringComparison.Ordinal);
        Assert.Empty((await server.SeenAsync()).GetProperty("authorizations").EnumerateArray());
    }

    [McpFact]
    public async Task The_credentials_of_the_file_go_with_every_request_and_nowhere_else()
    {
        var log = new CapturingLoggerFactory();
        await using var server = await McpHttpServer.StartAsync(McpTools.Secret);
        await using var registry = await McpTools.StartAsync(server.Options + "auth: { bearer: '${TOKEN}' }", log);
        Assert.Equal("***", await registry.CallAsync("echo", $$"""{"text":"{{McpTools.Secret}}"}"""));
        var seen = (await server.SeenAsync()).GetProperty("authorizations").EnumerateArray().Select(value => value.GetString()).ToList();
        Assert.True(seen.Count >= 4);
        Assert.All(seen, value => Assert.Equal($"Bearer {McpTools.Secret}", value));
        Assert.DoesNotContain(log.Lines, line => line.Contains(McpTools.Secret, StringComparison.Ordinal));
    }

    [McpFact]
    public async Task Missing_credentials_are_named()
    {
        await using var server = await McpHttpServer.StartAsync(McpTools.Secret);
        var problem = Assert.Single(await McpTools.Builder(server.Options).ProblemsAsync());
        Assert.Contains("the server did not start: it answered HTTP 401 in tool \"srv\". Check \"auth\".", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await McpHttpServer.StartAsync();
        var problem = Assert.Single(await McpTools.Builder($"url: {server.Url}/moved\nallow_private_network: true").ProblemsAsync());
        Assert.Contains("it answered HTTP 307 in tool \"srv\". Redirects are not followed", problem, StringComparison.Ordinal);
        Assert.Empty((await server.SeenAsync()).GetProperty("authorizations").EnumerateArray());
    }

    [McpFact]
    public async Task A_session_that_the_server_forgot_is_begun_anew_within_the_call()
    {
        await using var server = await McpHttpServer.StartAsync();
        await using var registry = await McpTools.StartAsync(server.Options);
        var before = (await server.SeenAsync()).GetProperty("sessions").GetInt32();
        await server.ForgetAsync();
        Assert.Equal("hi", await registry.CallAsync("echo", """{"text":"hi"}"""));
        Assert.Equal(before + 1, (await server.SeenAsync()).GetProperty("sessions").GetInt32());
    }

    [McpFact]
    public async Task The_tools_are_compared_with_the_pin_again_in_a_new_session()
    {
        await using var server = await McpHttpServer.StartAsync();
        await using var registry = await McpTools.StartAsync(server.Options);
        await registry.CallAsync("change");
        await server.ForgetAsync();
        Assert.Contains("changed this tool after it was reviewed", await registry.FailAsync("echo", """{"text":"hi"}"""), StringComparison.Ordinal);
        Assert.Equal("""{"sum":3}""", await registry.CallAsync("math_add", """{"a":1,"b":2}"""));
    }

    [McpFact]
    public async Task A_call_that_times_out_is_cancelled_on_the_server()
    {
        await using var server = await McpHttpServer.StartAsync();
        await using var registry = await McpTools.StartAsync(server.Options, limits: "circuit_breaker: false, retries: 0, timeout: 2s");
        Assert.Contains("timed out", await registry.FailAsync("wait"), StringComparison.Ordinal);
        var seen = await McpTools.EventuallyAsync(server.SeenAsync, seen => seen.GetProperty("cancelled").GetInt32() == 1);
        Assert.Equal(1, seen.GetProperty("cancelled").GetInt32());
    }

    [McpFact]
    public async Task A_server_that_went_away_is_a_failure_that_may_pass()
    {
        var server = await McpHttpServer.StartAsync();
        await using var registry = await McpTools.StartAsync(server.Options);
        await server.DisposeAsync();
        await Assert.ThrowsAsync<Agent.Tools.Registry.TransientToolException>(() => registry.CallAsync("echo", """{"text":"hi"}"""));
    }

    [McpFact]
    public async Task Disposal_ends_the_session()
    {
        await using var server = await McpHttpServer.StartAsync();
        var registry = await McpTools.StartAsync(server.Options);
        var before = (await server.SeenAsync()).GetProperty("deleted").GetInt32();
        await registry.DisposeAsync();
        Assert.Equal(before + 1, (await server.SeenAsync()).GetProperty("deleted").GetInt32());
    }

    [McpFact]
    public async Task A_server_that_answers_with_an_endless_message_is_cut_off()
    {
        var padding = new string(' ', 9 * 1_048_576);
        await using var server = new LocalHttpServer(_ => LocalHttpServer.Json($"{{{padding}}}"));
        var problem = Assert.Single(await McpTools.Builder($"url: {server.Url}/mcp\nallow_private_network: true").ProblemsAsync());
        Assert.Contains("127.0.0.1 sent a message longer than 8388608 bytes", problem, StringComparison.Ordinal);
    }
}
