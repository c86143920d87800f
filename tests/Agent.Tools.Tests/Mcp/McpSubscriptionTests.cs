using System.IO.Pipelines;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Mcp;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Tests.Mcp;

/// <summary>The revision of the protocol that has no handshake and sends notices only to those who asked for them.</summary>
public sealed class McpSubscriptionTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_changed_tool_is_refused_where_notices_have_to_be_asked_for()
    {
        var tools = new McpServerPrimitiveCollection<McpServerTool> { Tool("Gives a text back") };
        await using var endpoint = new InProcessEndpoint(tools);
        await using var connection = new McpConnection("srv", endpoint, Options(), TimeProvider.System, NullLogger.Instance);
        var session = await connection.SessionAsync(CancellationToken.None);
        var echo = Assert.Single(session.Tools);
        var result = await connection.CallAsync(echo, "echo", JsonSerializer.SerializeToElement(new { text = "a" }), CancellationToken.None);
        Assert.Equal("a", McpResult.Read(result, "echo", new SecretRedactor([])));

        tools.Remove(tools.Single());
        tools.Add(Tool("Gives a text back, and more"));
        ToolException? refusal = null;
        await Support.McpTools.EventuallyAsync(
            async () => refusal = await Record.ExceptionAsync(() => connection.CallAsync(echo, "echo", JsonSerializer.SerializeToElement(new { text = "a" }), CancellationToken.None)) as ToolException,
            exception => exception is not null);
        Assert.Contains("echo cannot be called: its server", refusal!.Message, StringComparison.Ordinal);
        await connection.DisposeAsync();
        Assert.Equal("2026-07-28", endpoint.Version);
    }

    private static McpServerTool Tool(string description) =>
        McpServerTool.Create((string text) => text, new McpServerToolCreateOptions { Name = "echo", Description = description });

    private static McpOptions Options() => new()
    {
        Position = new SourcePosition("tools.yaml", 1, 1),
        Exclude = [],
        Prefix = string.Empty,
        StartTimeout = TimeSpan.FromSeconds(20),
        Redactor = new SecretRedactor([]),
    };

    private sealed class InProcessEndpoint(McpServerPrimitiveCollection<McpServerTool> tools) : IMcpEndpoint, IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private McpServer? _server;
        private Task _running = Task.CompletedTask;

        public string? Version { get; private set; }

        public IMcpChannel Open()
        {
            var (input, output) = (new Pipe(), new Pipe());
            _server = McpServer.Create(
                new StreamServerTransport(input.Reader.AsStream(), output.Writer.AsStream()),
                new McpServerOptions { ServerInfo = new Implementation { Name = "test", Version = "1" }, ToolCollection = tools });
            _running = _server.RunAsync(_stop.Token);
            return new Channel(new StreamClientTransport(input.Writer.AsStream(), output.Reader.AsStream()), this);
        }

        public void Dispose()
        {
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _server!.DisposeAsync();
            _stop.Dispose();
        }

        private sealed class Channel(IClientTransport transport, InProcessEndpoint owner) : IMcpChannel
        {
            public IClientTransport Transport => transport;

            public string? Ending => null;

            public void BeginClose() => owner.Version = owner._server!.NegotiatedProtocolVersion;

            public void Abort()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
