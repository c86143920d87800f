using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Core.Agents;
using Agent.Tools.Mcp.Listing;
using Agent.Tools.Safety;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp;

/// <summary>
/// A conversation with a server, from the handshake to its end. Calls run beside each other. Nothing is offered to the server:
/// neither sampling, nor questions to the user, nor folders. Thread-safe.
/// </summary>
/// <remarks>The client library gets no logger: it would write texts of the server as they come.</remarks>
internal sealed partial class McpSession : IAsyncDisposable
{
    // Since this revision a client has to ask for notices of a changed list.
    private const string SubscriptionsSince = "2026-07-28";
    private const int ProgressLines = 50;

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(3);

    private readonly string _server;
    private readonly IMcpChannel _channel;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly SemaphoreSlim _listing = new(1, 1);
    private readonly Lazy<Task> _disposal;
    private McpClient _client = null!;
    private volatile KnownTools _known = new(-1, new Dictionary<string, string>());
    private int _changes;
    private long _calls;
    private int _progressLines;
    private volatile bool _isOver;

    private McpSession(string server, IMcpChannel channel, ILogger logger)
    {
        _server = server;
        _channel = channel;
        _logger = logger;
        _disposal = new Lazy<Task>(DisposeCoreAsync);
    }

    /// <summary>The tools as they were listed at the start.</summary>
    internal IReadOnlyList<ListedTool> Tools { get; private set; } = [];

    /// <summary>Whether calls can be made.</summary>
    internal bool IsAlive => !_isOver && !_client.Completion.IsCompleted;

    /// <summary>Starts a conversation and lists the tools.</summary>
    /// <exception cref="McpStartException">It cannot be had, or took longer than its token allowed.</exception>
    internal static async Task<McpSession> StartAsync(string server, IMcpEndpoint endpoint, McpOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var channel = endpoint.Open();
        var session = new McpSession(server, channel, logger);
        try
        {
            using (cancellationToken.UnsafeRegister(static state => ((IMcpChannel)state!).Abort(), channel))
            {
                session._client = await McpClient.CreateAsync(channel.Transport, session.ClientOptions(options), NullLoggerFactory.Instance, cancellationToken).ConfigureAwait(false);
                session.Tools = await session.ListAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw cancellationToken.IsCancellationRequested
                ? McpFailure.OfSlowStart(options.StartTimeout, channel.Ending, exception)
                : McpFailure.OfStart(exception, channel.Ending, options.Redactor);
        }

        session.Subscribe();
        _ = session.WatchAsync();
        return session;
    }

    /// <summary>Calls a tool, unless it is no longer the one that was reviewed.</summary>
    /// <returns>The result as the server gave it.</returns>
    /// <exception cref="ToolException">The tool is not the reviewed one.</exception>
    internal async Task<JsonElement> CallAsync(ListedTool tool, string name, JsonElement arguments, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (_known.Hashes.GetValueOrDefault(tool.Name) is var hash && hash != tool.Hash)
        {
            throw new ToolException(hash is null
                ? $"{name} cannot be called: its server no longer has this tool"
                : $"{name} cannot be called: its server changed this tool after it was reviewed, so it waits for a new review of the tools file");
        }

        var id = $"call-{Interlocked.Increment(ref _calls)}";
        var parameters = new JsonObject { ["name"] = tool.Name, ["arguments"] = JsonNode.Parse(arguments.GetRawText()) };
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            parameters["_meta"] = new JsonObject { ["progressToken"] = id };
        }

        var request = new JsonRpcRequest { Id = new RequestId(id), Method = RequestMethods.ToolsCall, Params = parameters };
        try
        {
            var response = await _client.SendRequestAsync(request, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.SerializeToElement(response.Result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client library tells the server only where its own callback runs before the call returns, which is not
            // certain, and over HTTP never; a server ignores what it is told twice.
            _ = CancelAsync(id);
            throw;
        }
    }

    /// <summary>No further call is made: the server no longer knows the conversation.</summary>
    internal void Abandon() => _isOver = true;

    public ValueTask DisposeAsync() => new(_disposal.Value);

    private async Task DisposeCoreAsync()
    {
        _isOver = true;
        await _lifetime.CancelAsync().ConfigureAwait(false);
        _channel.BeginClose();
        if (_client is not null)
        {
            await _client.DisposeAsync().ConfigureAwait(false);
        }

        await _channel.DisposeAsync().ConfigureAwait(false);
    }

    private McpClientOptions ClientOptions(McpOptions options) => new()
    {
        ClientInfo = new Implementation { Name = "agent", Version = typeof(McpSession).Assembly.GetName().Version?.ToString(3) ?? "0.0.0" },

        // The start has a limit of its own; this one only must not be shorter.
        InitializationTimeout = options.StartTimeout + options.StartTimeout,
        DiscoverProbeTimeout = options.StartTimeout / 4 < ProbeTimeout ? options.StartTimeout / 4 : ProbeTimeout,
        Handlers = new McpClientHandlers
        {
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, (_, _) =>
                {
                    Interlocked.Increment(ref _changes);
                    return ValueTask.CompletedTask;
                }),
                new(NotificationMethods.ProgressNotification, (notification, _) =>
                {
                    Report(notification.Params);
                    return ValueTask.CompletedTask;
                }),
            ],
        },
    };

    private void Report(JsonNode? progress)
    {
        if (progress is not null && Interlocked.Increment(ref _progressLines) <= ProgressLines)
        {
            var line = SingleLine.Of(progress.ToJsonString());
            LogProgress(_logger, _server, line);
        }
    }

    /// <summary>Lists the tools anew where the server said that they changed: a call waits for that, so that none slips through.</summary>
    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (_known.Version == Volatile.Read(ref _changes))
        {
            return;
        }

        await _listing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_known.Version != Volatile.Read(ref _changes))
            {
                await ListAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _listing.Release();
        }
    }

    private async Task<IReadOnlyList<ListedTool>> ListAsync(CancellationToken cancellationToken)
    {
        var version = Volatile.Read(ref _changes);
        var tools = await ToolList.ReadAsync(_client, cancellationToken).ConfigureAwait(false);
        var before = _known;
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            // A name that stands twice is neither the one nor the other.
            hashes[tool.Name] = hashes.ContainsKey(tool.Name) ? string.Empty : tool.Hash;
        }

        _known = new KnownTools(version, hashes);
        foreach (var name in before.Hashes.Where(pair => hashes.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Key))
        {
            LogChanged(_logger, _server, UntrustedText.OneLine(name, ToolNames.MaximumLength));
        }

        return tools;
    }

    /// <summary>Asks for notices of a changed list where the protocol wants that; the answer comes when the session ends.</summary>
    private void Subscribe()
    {
        if (string.CompareOrdinal(_client.NegotiatedProtocolVersion, SubscriptionsSince) < 0 || _client.ServerCapabilities.Tools?.ListChanged != true)
        {
            return;
        }

        _ = ListenAsync();

        async Task ListenAsync()
        {
            try
            {
                var parameters = new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } };
                await _client.SendRequestAsync(new JsonRpcRequest { Method = RequestMethods.SubscriptionsListen, Params = parameters }, _lifetime.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (McpFailure.IsKnown(exception) || exception is OperationCanceledException)
            {
                // What changes unnoticed is found at the next start.
            }
        }
    }

    /// <summary>Notices the end, so that nothing of a server that ended by itself is left until somebody calls it.</summary>
    private async Task WatchAsync()
    {
        await _client.Completion.ConfigureAwait(false);
        var byItself = !_isOver;
        await DisposeAsync().ConfigureAwait(false);
        if (byItself)
        {
            LogEnded(_logger, _server, _channel.Ending ?? "the session is over");
        }
    }

    private async Task CancelAsync(string id)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_lifetime.Token);
        patience.CancelAfter(CancelPatience);
        try
        {
            var parameters = new JsonObject { ["requestId"] = id, ["reason"] = "the call was given up" };
            await _client.SendMessageAsync(new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = parameters }, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (McpFailure.IsKnown(exception) || exception is OperationCanceledException)
        {
            // The server finds out when it answers.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "MCP server {Server}: tool {Tool} is no longer as it was listed; calls of it are refused where it differs from the pinned one")]
    private static partial void LogChanged(ILogger logger, string server, string tool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "MCP server {Server} is gone: {Ending}")]
    private static partial void LogEnded(ILogger logger, string server, string ending);

    [LoggerMessage(Level = LogLevel.Debug, Message = "MCP server {Server} reports progress: {Progress}")]
    private static partial void LogProgress(ILogger logger, string server, string progress);

    /// <summary>The hashes by name, and how many notices of a change had come before they were asked for.</summary>
    private sealed record KnownTools(int Version, IReadOnlyDictionary<string, string> Hashes);
}
