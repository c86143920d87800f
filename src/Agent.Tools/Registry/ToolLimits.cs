namespace Agent.Tools.Registry;

/// <summary>What one tool may cost. Immutable.</summary>
public sealed record ToolLimits
{
    /// <summary>Time for one call with all its attempts and the wait for a free slot, 50 ms to 10 min (<c>timeout</c>).</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for one attempt, 50 ms to 10 min (<c>attempt_timeout</c>); null leaves it to <see cref="Timeout"/>.</summary>
    /// <value>null.</value>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>
    /// Further attempts after a failure that another attempt could mend, 0 to 10 (<c>retries</c>), with exponential back-off
    /// from 200 ms and jitter. They are made for idempotent tools only.
    /// </summary>
    /// <value>2.</value>
    public int Retries { get; init; } = 2;

    /// <summary>When calls are refused for a while (<c>circuit_breaker</c>); null for never (<c>circuit_breaker: false</c>).</summary>
    /// <value>5 failures in 30 seconds, 15 seconds of break.</value>
    public CircuitBreakerLimits? CircuitBreaker { get; init; } = new();

    /// <summary>Calls that run at once, 1 to 1,024 (<c>concurrency</c>); more of them wait within their time-out.</summary>
    /// <value>8.</value>
    public int Concurrency { get; init; } = 8;

    /// <summary>
    /// Attempts in any 60 seconds, over all runs of the process, 1 to 10,000 (<c>rate_per_minute</c>); a call beyond it is refused at
    /// once and told when the next is possible. Null for no limit (<c>rate_per_minute: false</c>).
    /// </summary>
    /// <value>null.</value>
    public int? RatePerMinute { get; init; }

    /// <summary>Calls that the model may make while it answers one question, 1 to 1,000 (<c>calls_per_turn</c>); null for no limit of its own (<c>calls_per_turn: false</c>).</summary>
    /// <value>null.</value>
    public int? CallsPerTurn { get; init; }

    /// <summary>Bytes of UTF-8 that a result may have, 256 to 4,194,304 (<c>max_result_bytes</c>); a longer one is cut and says so.</summary>
    /// <value>16,384.</value>
    public int MaxResultBytes { get; init; } = 16_384;
}
