using Agent.Core.Agents;

namespace Agent.Tools.Masking;

/// <summary>Masks results before the model reads them, where the tools file says so. Thread-safe.</summary>
/// <param name="inner">Carries out the call.</param>
/// <param name="mask">The mask in force, asked at each call.</param>
public sealed class MaskingToolInvoker(IToolInvoker inner, Func<SecretMask> mask) : IToolInvoker
{
    /// <inheritdoc/>
    public async ValueTask<ToolOutcome> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        var current = mask();
        try
        {
            var outcome = await inner.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
            return current.BeforeModel ? outcome with { Content = current.Mask(outcome.Content) } : outcome;
        }
        catch (ToolException exception) when (current.BeforeModel && current.Mask(exception.Message) is var masked && masked != exception.Message)
        {
            // The cause goes to the log as it is: it never reaches the model.
            throw new ToolException(masked, exception);
        }
    }
}
