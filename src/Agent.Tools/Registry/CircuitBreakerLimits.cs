namespace Agent.Tools.Registry;

/// <summary>
/// When a failing tool is left alone for a while: after <see cref="Failures"/> failed attempts within <see cref="Window"/> with
/// no success among them, calls are refused for <see cref="Break"/>; then one call is let through as a trial. Only failures
/// that another attempt could mend count (time-outs, lost connections, HTTP 408, 429 and 5xx).
/// </summary>
public sealed record CircuitBreakerLimits
{
    /// <summary>Failed attempts that open the circuit, 2 to 1,000.</summary>
    /// <value>5.</value>
    public int Failures { get; init; } = 5;

    /// <summary>The time in which they are counted, 500 ms to 1 h.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long calls are refused, 500 ms to 1 h.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(15);
}
