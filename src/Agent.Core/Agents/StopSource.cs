using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>
/// A cancellation that follows others, safe against the callbacks that tools and clients register: one that throws is
/// logged (on a timer's thread it would end the process), and none is waited for when the link is cut.
/// </summary>
#pragma warning disable CA1001 // Without timer and wait handle the source needs no disposal, and work left behind may still use its token.
internal sealed class StopSource : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly ILogger _logger;
    private readonly CancellationTokenRegistration[] _links;

    public StopSource(ILogger logger, params ReadOnlySpan<CancellationToken> followed)
    {
        _logger = logger;
        _links = new CancellationTokenRegistration[followed.Length];
        for (var i = 0; i < followed.Length; i++)
        {
            _links[i] = followed[i].UnsafeRegister(static state => ((StopSource)state!).Cancel(), this);
        }
    }

    public CancellationToken Token => _source.Token;

    public bool IsCancellationRequested => _source.IsCancellationRequested;

    /// <summary>Cancels; completes when every callback has run. Never faults.</summary>
    public async Task CancelAsync()
    {
        try
        {
            await _source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            AgentLog.CancellationCallbackThrew(_logger, exception);
        }
    }

    /// <summary>Stops following. Does not wait for a callback that is running.</summary>
    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Unregister();
        }
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException exception)
        {
            AgentLog.CancellationCallbackThrew(_logger, exception);
        }
    }
}
