using System.IO.Pipelines;
using Agent.Host.Tests.Support;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Host.Tests.Mcp;

/// <summary>A client and a server in this process, and the pipes between them.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _tooLong = new(Patience);
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();

    private McpConnection()
    {
    }

    /// <summary>Stops what a test does when it hangs.</summary>
    public CancellationToken TooLong => _tooLong.Token;

    /// <summary>The client, connected.</summary>
    public McpClient Client { get; private set; } = null!;

    /// <summary>The server's end.</summary>
    public Task Served { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    /// <param name="serve">Serves a client that writes to the first stream and reads the second.</param>
    public static async Task<McpConnection> StartAsync(Func<Stream, Stream, Task> serve)
    {
        var connection = new McpConnection();
        connection.Served = serve(connection._toServer.Reader.AsStream(), connection._toClient.Writer.AsStream());
        connection.Client = await McpClient.CreateAsync(
            new StreamClientTransport(connection._toServer.Writer.AsStream(), connection._toClient.Reader.AsStream()),
            cancellationToken: connection.TooLong);
        return connection;
    }

    /// <summary>Runs <c>agent mcp</c> on it.</summary>
    public static async Task<(McpConnection Connection, FakeConsole Console, Task<int> ExitCode)> StartProgramAsync(Workspace workspace, params string[] options)
    {
        FakeConsole? console = null;
        Task<int>? exitCode = null;
        var connection = await StartAsync((input, output) =>
        {
            console = new FakeConsole { InputBytes = input, OutputBytes = output };
            return exitCode = workspace.RunAsync(console, ["mcp", .. options]);
        });
        return (connection, console!, exitCode!);
    }

    /// <summary>Closes the client's end, as a client does that wants the server to end.</summary>
    public ValueTask CloseInputAsync() => _toServer.Writer.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await Served.WaitAsync(TooLong).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Client.DisposeAsync();
        _tooLong.Dispose();
    }
}
