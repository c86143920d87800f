using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>Cancels without letting a registered callback that throws break the loop.</summary>
internal static class CancellationCallbacks
{
    public static async Task CancelAsync(CancellationTokenSource source, ILogger logger)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            AgentLog.CancellationCallbackThrew(logger, exception);
        }
    }
}
