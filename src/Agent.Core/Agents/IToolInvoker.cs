namespace Agent.Core.Agents;

/// <summary>
/// Carries out one tool call whose tool is known and whose arguments are valid. Every execution passes through here once;
/// <see cref="AgentLoopOptions.DecorateToolInvoker"/> wraps it. Implementations are thread-safe: the calls of a turn run in
/// parallel.
/// </summary>
public interface IToolInvoker
{
    /// <summary>Carries out the call.</summary>
    /// <param name="invocation">What to call.</param>
    /// <param name="cancellationToken">Cancelled when the run is stopped.</param>
    /// <returns>What the model reads; the loop cuts it to <see cref="AgentLimits.MaxToolResultBytes"/>.</returns>
    /// <exception cref="ToolException">The call failed; the message goes to the model.</exception>
    /// <exception cref="OperationCanceledException">The call stopped without a result.</exception>
    /// <remarks>Any other exception becomes a general failure for the model and an entry in the log.</remarks>
    ValueTask<ToolOutcome> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken);
}
