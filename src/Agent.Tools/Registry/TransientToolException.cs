using Agent.Core.Agents;

namespace Agent.Tools.Registry;

/// <summary>
/// A tool failure that another attempt could mend (a lost connection, an overloaded server). It is retried where the tool is
/// idempotent, and counts towards the circuit breaker.
/// </summary>
public sealed class TransientToolException : ToolException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="message">What went wrong, in words for the model, without secrets.</param>
    /// <param name="innerException">The cause, for the log.</param>
    public TransientToolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>How long the other side asks to be left alone (<c>Retry-After</c>).</summary>
    /// <value>null where it does not say.</value>
    public TimeSpan? RetryAfter { get; init; }
}
