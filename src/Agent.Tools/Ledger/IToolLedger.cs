namespace Agent.Tools.Ledger;

/// <summary>
/// Remembers calls that change something, so that none is carried out twice: not by a second answer to one approval, not by a run that is
/// carried out again after a crash. Implementations are thread-safe, and durable before <see cref="BeginAsync"/> returns.
/// </summary>
public interface IToolLedger
{
    /// <summary>Enters a call that is about to be carried out, unless its key is there already.</summary>
    /// <param name="key">The key of the call (<see cref="Agent.Core.Agents.ToolInvocation.IdempotencyKey"/>).</param>
    /// <param name="tool">The tool's name, for people who read the ledger.</param>
    /// <param name="cancellationToken">Gives up before anything was entered.</param>
    /// <returns>The entry that was there already; null where the call was entered now and is to be carried out.</returns>
    /// <exception cref="Agent.Core.Agents.ToolException">The ledger cannot be written; the call must not be carried out.</exception>
    ValueTask<ToolLedgerEntry?> BeginAsync(string key, string tool, CancellationToken cancellationToken);

    /// <summary>Enters how a call ended.</summary>
    /// <param name="key">The key.</param>
    /// <param name="succeeded">Whether the tool returned a result.</param>
    /// <param name="content">The result or the error, in the words that the model read.</param>
    ValueTask FinishAsync(string key, bool succeeded, string content);
}
