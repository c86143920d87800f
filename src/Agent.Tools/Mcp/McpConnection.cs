using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Mcp.Listing;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Mcp;

/// <summary>
/// The way to a server over its sessions: one at a time, begun anew at the next call after it ended, within bounds. Thread-safe.
/// </summary>
internal sealed partial class McpConnection(string server, IMcpEndpoint endpoint, McpOptions options, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _lifetime = new();
    private readonly RestartBudget _budget = new(timeProvider);
    private Task<McpSession>? _session;
    private bool _isDisposed;

    /// <summary>The session, begun where there is none. A start goes on when its caller leaves, for the next one.</summary>
    /// <exception cref="McpStartException">The server does not start.</exception>
    internal async Task<McpSession> SessionAsync(CancellationToken cancellationToken)
    {
        Task<McpSession> session;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_session is null || IsOver(_session))
            {
                var previous = _session;
                _session = Task.Run(() => StartAsync(previous), CancellationToken.None);
            }

            session = _session;
        }

        return await session.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls a tool.</summary>
    /// <exception cref="ToolException">The server cannot be reached, or refuses.</exception>
    internal async Task<JsonElement> CallAsync(ListedTool tool, string name, JsonElement arguments, CancellationToken cancellationToken)
    {
        for (var isRepeated = false; ; isRepeated = true)
        {
            McpSession? session = null;
            try
            {
                session = await SessionAsync(cancellationToken).ConfigureAwait(false);
                var result = await session.CallAsync(tool, name, arguments, cancellationToken).ConfigureAwait(false);
                _budget.Reset();
                return result;
            }
            catch (Exception exception) when (exception is ToolException || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                throw;
            }
            catch (McpStartException exception)
            {
                var reason = exception.Details is null ? exception.Message : $"{exception.Message} ({exception.Details})";
                LogNotStarted(logger, server, reason);
                throw new TransientToolException($"the server of {name} is not available: {exception.Message}", exception);
            }
            catch (ObjectDisposedException exception) when (_isDisposed)
            {
                throw new ToolException($"the server of {name} is being shut down", exception);
            }
            catch (Exception exception) when (session is not null && McpFailure.IsExpired(exception))
            {
                session.Abandon();
                if (isRepeated)
                {
                    throw McpFailure.OfCall(exception, name, options.Redactor);
                }

                // The server forgot the session before it saw the call, so that any call may be repeated.
                LogExpired(logger, server);
            }
            catch (Exception exception) when (McpFailure.IsKnown(exception) || exception is OperationCanceledException)
            {
                throw McpFailure.OfCall(exception, name, options.Redactor);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<McpSession>? session;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            session = _session;
        }

        await _lifetime.CancelAsync().ConfigureAwait(false);
        await EndAsync(session).ConfigureAwait(false);
        endpoint.Dispose();
        _lifetime.Dispose();
    }

    private static bool IsOver(Task<McpSession> session) => session.IsCompleted && !(session.IsCompletedSuccessfully && session.Result.IsAlive);

    private static async Task EndAsync(Task<McpSession>? session)
    {
        if (session is null)
        {
            return;
        }

        await ((Task)session).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (session.IsCompletedSuccessfully)
        {
            await session.Result.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<McpSession> StartAsync(Task<McpSession>? previous)
    {
        if (previous is not null)
        {
            await EndAsync(previous).ConfigureAwait(false);
            if (!_budget.TryTake(out var wait))
            {
                throw new McpStartException($"it ended {RestartBudget.Maximum} times within a minute, and is tried again in {DurationText.Words(wait)}");
            }

            await Task.Delay(wait, timeProvider, _lifetime.Token).ConfigureAwait(false);
            LogRestarting(logger, server);
        }

        using var limit = new CancellationTokenSource(options.StartTimeout, timeProvider);
        using var start = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _lifetime.Token);
        return await McpSession.StartAsync(server, endpoint, options, logger, start.Token).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "MCP server {Server} is started again")]
    private static partial void LogRestarting(ILogger logger, string server);

    [LoggerMessage(Level = LogLevel.Information, Message = "MCP server {Server} forgot the session; a new one is begun")]
    private static partial void LogExpired(ILogger logger, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "MCP server {Server} did not start: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string server, string reason);
}
