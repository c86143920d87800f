using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Agent.Tools.Tests.Mcp.Support;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp;

public sealed class McpForgottenSessionTests
{
    [Fact]
    public async Task A_session_that_a_server_forgot_is_never_called_again()
    {
        var calls = new ConcurrentQueue<string>();
        var sessions = 0;
        await using var server = new LocalHttpServer(Answer);
        var options = $"url: {server.Url}/mcp\nallow_private_network: true\nstart_timeout: 20s\n";
        await using var registry = await McpTools.Builder($"{options}pin: {await McpTools.PinAsync(options)}").BuildAsync();

        // Each call meets a server that forgets at once: the first session of the call, and the one of its repetition.
        Assert.Equal("the server of echo answered HTTP 404", await registry.FailAsync("echo", "{}"));
        Assert.Equal("the server of echo answered HTTP 404", await registry.FailAsync("echo", "{}"));
        Assert.Equal(4, calls.Count);
        Assert.Equal(calls.Distinct(StringComparer.Ordinal), calls);

        byte[] Answer(ReceivedRequest request)
        {
            if (request.Method != "POST")
            {
                return LocalHttpServer.Response(405, null, []);
            }

            var message = JsonNode.Parse(request.Body)!;
            switch (message["method"]!.GetValue<string>())
            {
                case "initialize":
                    return Result(
                        message,
                        $$$"""{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"forgetful","version":"1"}}""",
                        $"Mcp-Session-Id: s{Interlocked.Increment(ref sessions)}");
                case "tools/list":
                    return Result(message, """{"tools":[{"name":"echo","description":"Gives a text back","inputSchema":{"type":"object","properties":{}}}]}""");
                case "tools/call":
                    calls.Enqueue(request.Headers["Mcp-Session-Id"]);
                    return LocalHttpServer.Json("{}", 404);
                case var _ when message["id"] is null:
                    return LocalHttpServer.Response(202, null, []);
                default:
                    return LocalHttpServer.Json($$$"""{"jsonrpc":"2.0","id":{{{message["id"]!.ToJsonString()}}},"error":{"code":-32601,"message":"Method not found"}}""");
            }
        }
    }

    private static byte[] Result(JsonNode request, string result, params string[] headers) => LocalHttpServer.Response(
        200,
        "application/json",
        Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{request["id"]!.ToJsonString()}},"result":{{result}}}"""),
        headers);
}
