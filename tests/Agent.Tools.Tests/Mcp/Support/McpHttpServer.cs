using System.Text.Json;

namespace Agent.Tools.Tests.Mcp.Support;

/// <summary>The HTTP server of the tests as a process of its own, which ends when its input does.</summary>
internal sealed class McpHttpServer : IAsyncDisposable
{
    private readonly System.Diagnostics.Process _process;
    private readonly HttpClient _client = new();

    private McpHttpServer(System.Diagnostics.Process process, int port)
    {
        _process = process;
        Url = $"http://127.0.0.1:{port}";
    }

    public string Url { get; }

    /// <summary>The options of an entry.</summary>
    public string Options => $"url: {Url}/mcp\nallow_private_network: true\n";

    public static async Task<McpHttpServer> StartAsync(string token = "", string answers = "events")
    {
        var start = new System.Diagnostics.ProcessStartInfo(McpServers.Node!, ["http.mjs", token, answers])
        {
            UseShellExecute = false,
            WorkingDirectory = McpServers.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = System.Diagnostics.Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var line = await process.StandardOutput.ReadLineAsync(patience.Token);
        return new McpHttpServer(process, int.Parse(line!));
    }

    public async Task<JsonElement> SeenAsync() => JsonDocument.Parse(await _client.GetStringAsync($"{Url}/seen")).RootElement;

    public async Task ForgetAsync() => (await _client.PostAsync($"{Url}/forget", null)).Dispose();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await ((Task)_process.WaitForExitAsync(patience.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _client.Dispose();
    }
}
