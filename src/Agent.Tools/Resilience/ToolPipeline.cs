using System.Runtime.ExceptionServices;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Agent.Tools.Resilience;

/// <summary>
/// Runs the calls of one tool within its limits. From the outside in: total time-out, concurrency, retries (idempotent tools
/// only), rate, circuit breaker, time-out of an attempt. Thread-safe.
/// </summary>
internal sealed class ToolPipeline
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(5);

    private readonly string _toolName;
    private readonly ToolLimits _limits;
    private readonly ResiliencePipeline _pipeline;

    internal ToolPipeline(string toolName, ToolLimits limits, bool isIdempotent, TimeProvider timeProvider)
    {
        _toolName = toolName;
        _limits = limits;
        _pipeline = Build(toolName, limits, isIdempotent, timeProvider);
    }

    /// <summary>Runs one call.</summary>
    /// <param name="attempt">One attempt; it may run several times where the tool is idempotent.</param>
    /// <param name="cancellationToken">The caller's wish to stop, which is no failure of the tool.</param>
    /// <exception cref="ToolException">A limit was reached.</exception>
    internal async ValueTask<object?> ExecuteAsync(Func<CancellationToken, ValueTask<object?>> attempt, CancellationToken cancellationToken)
    {
        var attempts = 0;
        try
        {
            return await _pipeline.ExecuteAsync(
                async token =>
                {
                    attempts++;

                    // A function that ignores its token is left behind, so that it cannot hold up the turn. It gives up its
                    // slot too: a tool that hangs for ever would otherwise lose all of them.
                    try
                    {
                        return await attempt(token).AsTask().WaitAsync(token).ConfigureAwait(false);
                    }
                    catch (BrokenCircuitException exception)
                    {
                        throw new OwnCircuitException(exception);
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new TransientToolException(TimeoutMessage(exception.Timeout, attempts), exception);
        }
        catch (BrokenCircuitException exception)
        {
            throw new ToolException(CircuitMessage(exception), exception);
        }
        catch (OwnCircuitException exception)
        {
            ExceptionDispatchInfo.Throw(exception.Thrown);
            throw;
        }
    }

    private static ResiliencePipeline Build(string toolName, ToolLimits limits, bool isIdempotent, TimeProvider timeProvider)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddTimeout(limits.Timeout);
        builder.AddStrategy(_ => new ConcurrencyLimit(limits.Concurrency));
        if (isIdempotent && limits.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(TransientFailure.Is(arguments.Outcome.Exception)),
                MaxRetryAttempts = limits.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstRetryDelay,
                MaxDelay = LongestRetryDelay,

                // Whoever says when to come again is believed; a wait beyond the tool's time-out ends there.
                DelayGenerator = static arguments => ValueTask.FromResult((arguments.Outcome.Exception as TransientToolException)?.RetryAfter),
            });
        }

        if (limits.RatePerMinute is { } perMinute)
        {
            builder.AddStrategy(_ => new RateStrategy(toolName, perMinute, timeProvider));
        }

        if (limits.CircuitBreaker is { } breaker)
        {
            builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(TransientFailure.Is(arguments.Outcome.Exception)),
                FailureRatio = 1.0,
                MinimumThroughput = breaker.Failures,
                SamplingDuration = breaker.Window,
                BreakDuration = breaker.Break,
            });
        }

        // The attempt's time-out is inside the breaker, so that attempts that hang open the circuit.
        return builder.AddTimeout(limits.AttemptTimeout ?? limits.Timeout).Build();
    }

    private string TimeoutMessage(TimeSpan timeout, int attempts) => attempts switch
    {
        0 => $"{_toolName} timed out after {DurationText.Words(timeout)} of waiting: {_limits.Concurrency} calls of it were running all the time",
        1 => $"{_toolName} timed out after {DurationText.Words(timeout)}",
        _ => $"{_toolName} timed out after {DurationText.Words(timeout)} ({attempts} attempts)",
    };

    private string CircuitMessage(BrokenCircuitException exception)
    {
        var wait = exception.RetryAfter is { } remaining && remaining > TimeSpan.Zero ? $"open for another {DurationText.Words(remaining)}" : "open";
        return $"{_toolName} is not available: the circuit is {wait} after {_limits.CircuitBreaker!.Failures} failures";
    }
}
