using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>One call of the model, read update by update. Used by the reader of the run only.</summary>
internal sealed class ModelTurn(
    IChatClient client,
    IReadOnlyList<ChatMessage> messages,
    ChatOptions options,
    ToolCallIds ids,
    bool streaming,
    Activity? activity,
    BusyTime modelTime,
    CancellationToken cancellationToken)
{
    private readonly List<ChatResponseUpdate> _updates = [];
    private IAsyncEnumerator<ChatResponseUpdate>? _enumerator;
    private Task<ChatResponseUpdate?>? _read;
    private ChatResponse? _whole;

    /// <summary>Whether the model's turn was read to its end.</summary>
    public bool Ended { get; private set; }

    /// <summary>The read under way; starts one where there is none.</summary>
    public Task Read => _read ??= ReadAsync();

    /// <summary>Takes the result of the completed <see cref="Read"/>; null at the end of the turn.</summary>
    public async Task<ChatResponseUpdate?> TakeAsync()
    {
        var read = _read!;
        _read = null;
        var update = await read.ConfigureAwait(false);
        if (update is null)
        {
            Ended = true;
        }
        else
        {
            _updates.Add(update);
        }

        return update;
    }

    /// <summary>What was taken so far; after the end, the whole response.</summary>
    public ChatResponse ToResponse()
    {
        if (_whole is null)
        {
            return _updates.ToChatResponse();
        }

        if (Ended)
        {
            return _whole;
        }

        // Only calls that were taken have a result, so a turn cut short keeps only what was taken; its cost was paid in full.
        var partial = _updates.ToChatResponse();
        partial.Usage = _whole.Usage;
        return partial;
    }

    /// <summary>Ends the turn; the token must have been cancelled where it was not read to its end. Never throws.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time, ILogger logger)
    {
        var closing = CloseAsync(_read, _enumerator, logger);
        _read = null;
        _enumerator = null;
        if (!await CancellationGrace.EndsWithinAsync(closing, grace, time).ConfigureAwait(false))
        {
            AgentLog.ModelAbandoned(logger, grace);
        }
    }

    private async Task<ChatResponseUpdate?> ReadAsync()
    {
        // An async iterator loses the ambient activity at each yield, so it is set anew for what the client starts.
        if (activity is not null)
        {
            Activity.Current = activity;
        }

        using (modelTime.Enter())
        {
            _enumerator ??= (streaming ? client.GetStreamingResponseAsync(messages, options, cancellationToken) : WholeAsync())
                .GetAsyncEnumerator(cancellationToken);
            return !await _enumerator.MoveNextAsync().ConfigureAwait(false) ? null : streaming ? ids.Distinguish(_enumerator.Current) : _enumerator.Current;
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> WholeAsync()
    {
        _whole = ids.Distinguish(await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false));
        foreach (var update in _whole.ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    private static async Task CloseAsync(Task? read, IAsyncEnumerator<ChatResponseUpdate>? enumerator, ILogger logger)
    {
        try
        {
            if (read is not null)
            {
                await read.ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            AgentLog.ModelErrorAfterCancellation(logger, exception);
        }

        try
        {
            if (enumerator is not null)
            {
                await enumerator.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            AgentLog.ModelErrorAfterCancellation(logger, exception);
        }
    }
}
