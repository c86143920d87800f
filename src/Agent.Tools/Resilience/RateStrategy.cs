using Agent.Core.Agents;
using Agent.Tools.Yaml;
using Polly;
using Polly.CircuitBreaker;

namespace Agent.Tools.Resilience;

/// <summary>
/// Refuses attempts beyond the rate. It stands outside the circuit breaker, which takes everything that ends without a failure
/// for a success: a refusal that it saw would close an open circuit. Thread-safe.
/// </summary>
internal sealed class RateStrategy(string toolName, int perMinute, TimeProvider timeProvider) : ResilienceStrategy
{
    private readonly RateLimit _limit = new(perMinute, timeProvider);

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        if (_limit.TryAcquire(out var wait) is not { } attempt)
        {
            return Outcome.FromException<TResult>(new ToolException(
                $"{toolName} may be called {perMinute} times a minute; the next call is possible in {DurationText.Words(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)))}"));
        }

        var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        if (outcome.Exception is BrokenCircuitException)
        {
            // The tool was not called.
            _limit.Return(attempt);
        }

        return outcome;
    }
}
