using Polly;

namespace Agent.Tools.Resilience;

/// <summary>Lets a number of calls run at once; others wait in order of arrival for as long as their token allows.</summary>
#pragma warning disable CA1001 // Nothing asks the semaphore for its wait handle, so it holds no more than memory.
internal sealed class ConcurrencyLimit(int concurrency) : ResilienceStrategy
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _slots = new(concurrency, concurrency);

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        try
        {
            await _slots.WaitAsync(context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<TResult>(exception);
        }

        try
        {
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        finally
        {
            _slots.Release();
        }
    }
}
