using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Ledger;

/// <summary>Carries out calls that change something at most once, and answers repetitions from the ledger. Thread-safe.</summary>
/// <param name="inner">Carries out the call.</param>
/// <param name="ledger">Remembers it.</param>
/// <param name="logger">Told where an ending could not be entered.</param>
public sealed partial class LedgerToolInvoker(IToolInvoker inner, IToolLedger ledger, ILogger<LedgerToolInvoker> logger) : IToolInvoker
{
    /// <inheritdoc/>
    public async ValueTask<ToolOutcome> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var tool = invocation.Function.Name;
        if (invocation.Function.GetService<IToolPolicy>()?.Effects != ToolEffects.Write)
        {
            return await inner.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }

        if (await BeginAsync(invocation.IdempotencyKey, tool, cancellationToken).ConfigureAwait(false) is { } earlier)
        {
            LogRepeated(tool, earlier.Begun);
            return earlier switch
            {
                { Succeeded: true } => ToolOutcome.Success(earlier.Content ?? string.Empty),
                { Succeeded: false } => throw new ToolException(earlier.Content ?? "This call failed when it was carried out."),
                _ => throw new ToolException(
                    $"Not carried out again: this call was begun at {earlier.Begun:yyyy-MM-dd HH:mm:ss} UTC and its outcome is not known. Find out whether it took effect before you repeat it."),
            };
        }

        ToolOutcome outcome;
        try
        {
            outcome = await inner.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolException exception) when (exception is not TransientToolException)
        {
            await FinishAsync(invocation.IdempotencyKey, tool, succeeded: false, exception.Message).ConfigureAwait(false);
            throw;
        }

        // Time-outs, lost connections, cancellation and crashes leave the entry open: nobody knows what the other side did.
        await FinishAsync(invocation.IdempotencyKey, tool, outcome.Succeeded, outcome.Content).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<ToolLedgerEntry?> BeginAsync(string key, string tool, CancellationToken cancellationToken)
    {
        try
        {
            return await ledger.BeginAsync(key, tool, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolException exception)
        {
            LogUnwritable(tool, exception);
            throw;
        }
    }

    private async ValueTask FinishAsync(string key, string tool, bool succeeded, string content)
    {
        try
        {
            await ledger.FinishAsync(key, succeeded, content).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The tool has run: its result is worth more than the entry, which now says that the outcome is unknown.
            LogNotEntered(tool, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call of tool {Tool} was begun at {Begun:u} already and is not carried out again.")]
    private partial void LogRepeated(string tool, DateTimeOffset begun);

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of tool {Tool} was not carried out, because the ledger cannot be written.")]
    private partial void LogUnwritable(string tool, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ending of a call of tool {Tool} could not be entered in the ledger.")]
    private partial void LogNotEntered(string tool, Exception exception);
}
