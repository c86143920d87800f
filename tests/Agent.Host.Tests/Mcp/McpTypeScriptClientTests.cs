using System.Text.Json;
using Agent.Host.Tests.Support;
using Agent.Testing;

namespace Agent.Host.Tests.Mcp;

/// <summary><c>agent mcp</c> as a process of its own, with the client of the TypeScript SDK at its other end.</summary>
[Collection("program")]
public sealed class McpTypeScriptClientTests : IDisposable
{
    private const string Key = "sk-3f9a77c1d2";
    private static readonly TimeSpan InstallLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(25);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [FactIfNode]
    public async Task A_client_lists_calls_cancels_and_leaves()
    {
        var folder = Repository.Locate("tests", "Agent.Host.Tests", "Mcp", "client");
        await InstallAsync(folder);
        await using var server = await OrderServer.StartAsync();
        var tools = _workspace.Write("orders.yaml", server.ToolsFile);

        var output = await Programs.RunAsync(
            Programs.Find("node")!,
            folder,
            RunLimit,
            "client.mjs",
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            Path.Combine(AppContext.BaseDirectory, "agent.dll"),
            tools,
            server.Address,
            Key);

        var seen = JsonElement.Parse(output);
        Assert.Equal("agent", seen.GetProperty("server").GetProperty("name").GetString());
        Assert.True(seen.GetProperty("capabilities").TryGetProperty("tools", out _));
        AssertTools(seen.GetProperty("tools"));
        AssertCalls(seen);
        AssertCancellation(seen);
        Assert.Equal("""{"code":0,"signal":null}""", seen.GetProperty("exit").GetRawText());

        // The SDK reports every line of standard output that is no message of the protocol.
        Assert.Equal("[]", seen.GetProperty("protocolErrors").GetRawText());
        Assert.Contains("Serving 2 tools", seen.GetProperty("stderr").GetString(), StringComparison.Ordinal);
        Assert.Equal([$"Bearer {Key}"], server.Keys.Distinct(StringComparer.Ordinal));
        Assert.Contains("no such order for Bearer ***", Text(seen.GetProperty("failed")), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, output, StringComparison.Ordinal);
    }

    private static void AssertTools(JsonElement tools)
    {
        Assert.Equal(["get_order", "slow_report"], tools.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        Assert.Equal("Get an order by its number", tools[0].GetProperty("description").GetString());
        Assert.Equal("order_id", tools[0].GetProperty("inputSchema").GetProperty("required")[0].GetString());
        Assert.True(tools[0].GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean());
        Assert.True(tools[0].GetProperty("annotations").GetProperty("idempotentHint").GetBoolean());
        Assert.Equal("object", tools[1].GetProperty("inputSchema").GetProperty("type").GetString());
    }

    private static void AssertCalls(JsonElement seen)
    {
        Assert.Equal("""{"id":"7","state":"发货"}""", Text(seen.GetProperty("right")));
        Assert.Equal("发货", seen.GetProperty("right").GetProperty("structuredContent").GetProperty("state").GetString());
        Assert.False(seen.GetProperty("right").TryGetProperty("isError", out var isError) && isError.GetBoolean());

        Assert.True(seen.GetProperty("wrong").GetProperty("isError").GetBoolean());
        Assert.StartsWith("Invalid arguments for get_order: ", Text(seen.GetProperty("wrong")), StringComparison.Ordinal);

        Assert.True(seen.GetProperty("failed").GetProperty("isError").GetBoolean());
        Assert.Contains("answered HTTP 404", Text(seen.GetProperty("failed")), StringComparison.Ordinal);

        Assert.Equal(-32602, seen.GetProperty("unknown").GetProperty("code").GetInt32());
        Assert.Contains("Did you mean 'get_order'?", seen.GetProperty("unknown").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static void AssertCancellation(JsonElement seen)
    {
        Assert.False(seen.GetProperty("cancelled").TryGetProperty("answered", out _));
        Assert.Contains("changed my mind", seen.GetProperty("cancelled").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, seen.GetProperty("stoppedAtTheTool").GetInt32());
        Assert.Equal("8", seen.GetProperty("afterwards").GetProperty("structuredContent").GetProperty("id").GetString());
    }

    private static string Text(JsonElement result) => result.GetProperty("content")[0].GetProperty("text").GetString()!;

    /// <summary>Installs the SDK once; npm writes its hidden lock file last.</summary>
    private static async Task InstallAsync(string folder)
    {
        var done = Path.Combine(folder, "node_modules", ".package-lock.json");
        if (!File.Exists(done) || File.GetLastWriteTimeUtc(done) < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            await Programs.RunAsync(Programs.Find("npm")!, folder, InstallLimit, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error");
            File.SetLastWriteTimeUtc(done, DateTime.UtcNow);
        }
    }
}
