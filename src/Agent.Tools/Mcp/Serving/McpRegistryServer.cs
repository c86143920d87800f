using System.Text.Json;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Mcp.Serving;

/// <summary>
/// Serves the tools of a registry to clients of the Model Context Protocol: a call has the validation, limits and result size
/// that it has anywhere else. Nothing is kept between calls, and nothing that a client says about itself or its user reaches a
/// tool. Thread-safe; one object may serve many clients, as long as the registry lives.
/// </summary>
public sealed partial class McpRegistryServer
{
    private readonly McpServingOptions _options;
    private readonly McpToolPages _pages;
    private readonly McpToolCalls _calls;
    private readonly ILogger _logger;

    /// <summary>Prepares the tools.</summary>
    /// <param name="registry">The tools; the caller disposes it after the last client is gone.</param>
    /// <param name="options">How to serve it; the defaults when null.</param>
    /// <exception cref="ArgumentException">An option is empty or out of its range.</exception>
    public McpRegistryServer(ToolRegistry registry, McpServingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _options = options ?? new McpServingOptions();
        ArgumentException.ThrowIfNullOrWhiteSpace(_options.Name, nameof(options));
        ArgumentException.ThrowIfNullOrWhiteSpace(_options.Version, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PageSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.DrainTime, TimeSpan.Zero, nameof(options));
        _logger = _options.LoggerFactory.CreateLogger<McpRegistryServer>();
        _pages = new McpToolPages([.. registry.Tools.Select(McpToolDescription.Of)], _options.PageSize);
        _calls = new McpToolCalls(registry, _options, _logger);
    }

    /// <summary>The server's options for a transport of your own, an HTTP endpoint for example.</summary>
    /// <returns>A new object at each call, with handlers for <c>tools/list</c> and <c>tools/call</c>.</returns>
    public McpServerOptions CreateServerOptions()
    {
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = _options.Name, Version = _options.Version },
            ServerInstructions = _options.Instructions,
            Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
            Handlers = new McpServerHandlers
            {
                ListToolsHandler = (request, _) => ValueTask.FromResult(_pages.Get(request.Params?.Cursor)),
                CallToolHandler = (request, cancellationToken) => _calls.CallAsync(request.Params, cancellationToken),
            },
        };
        options.Filters.Message.IncomingFilters.Add(SayWhatIsMalformed);
        return options;
    }

    /// <summary>
    /// Serves one client over a pair of streams, one JSON message a line, until it closes its end: requests that came before are
    /// answered, within <see cref="McpServingOptions.DrainTime"/>.
    /// </summary>
    /// <param name="input">What the client writes; closed at the end.</param>
    /// <param name="output">What the client reads; closed at the end. Nothing else may be written to it.</param>
    /// <param name="cancellationToken">Stops serving at once; calls under way are cancelled.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task ServeAsync(Stream input, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var transport = new ClientTransport(new InterruptibleInput(input), output, session.Token);
        await using (transport.ConfigureAwait(false))
        {
            await ServeAsync(transport, session).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Parameters of the wrong form would otherwise count as a failure of the server.</summary>
    private static McpMessageHandler SayWhatIsMalformed(McpMessageHandler next) => async (context, cancellationToken) =>
    {
        try
        {
            await next(context, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException exception) when (context.JsonRpcMessage is JsonRpcRequest)
        {
            throw new McpProtocolException("The parameters do not have the form that the protocol prescribes for this method.", exception, McpErrorCode.InvalidParams);
        }
    };

    private async Task ServeAsync(ClientTransport transport, CancellationTokenSource session)
    {
        // The SDK's own logs hold what clients say, arguments included.
        var server = McpServer.Create(transport, CreateServerOptions(), NullLoggerFactory.Instance, _options.Services);
        await using (server.ConfigureAwait(false))
        {
            LogServing(_options.Name, _pages.Count);
            var lateCalls = StopLateCallsAsync(transport.MessageReader.Completion, session);
            try
            {
                await server.RunAsync(session.Token).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                // A client that died can leave a broken pipe instead of an end.
                LogInputFailed(exception.GetType().Name);
            }
            finally
            {
                await session.CancelAsync().ConfigureAwait(false);
                await lateCalls.ConfigureAwait(false);
                LogClosed();
            }
        }
    }

    private async Task StopLateCallsAsync(Task inputEnded, CancellationTokenSource session)
    {
        await inputEnded.WaitAsync(session.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(_options.DrainTime, _options.TimeProvider, session.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.CancelAsync().ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Count} tools as {Name}")]
    private partial void LogServing(string name, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The client is gone")]
    private partial void LogClosed();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The client's messages cannot be read any more ({Failure})")]
    private partial void LogInputFailed(string failure);
}
