using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Resilience;
using Polly.CircuitBreaker;

namespace Agent.Tools.Tests.Resilience;

public sealed class ToolPipelineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    private static ValueTask<object?> Hang(CancellationToken token) => new(Task.Delay(Timeout.Infinite, token).ContinueWith(object? (_) => null, token, TaskContinuationOptions.None, TaskScheduler.Default));

    [Fact]
    public async Task A_call_that_hangs_times_out()
    {
        var pipeline = new ToolPipeline("slow", new ToolLimits { Timeout = 4 * Second }, isIdempotent: false, _time);
        var call = pipeline.ExecuteAsync(Hang, CancellationToken.None);
        _time.Advance(4 * Second);
        Assert.Equal("slow timed out after 4 s", (await Assert.ThrowsAsync<TransientToolException>(async () => await call)).Message);
    }

    [Fact]
    public async Task A_call_that_ignores_cancellation_is_left_behind()
    {
        var pipeline = new ToolPipeline("deaf", new ToolLimits { Timeout = 4 * Second }, isIdempotent: false, _time);
        var call = pipeline.ExecuteAsync(_ => new ValueTask<object?>(new TaskCompletionSource<object?>().Task), CancellationToken.None);
        _time.Advance(4 * Second);
        await Assert.ThrowsAsync<TransientToolException>(async () => await call);
    }

    [Fact]
    public async Task An_idempotent_call_is_retried_with_growing_delays()
    {
        var attempts = 0;
        var pipeline = new ToolPipeline("flaky", new ToolLimits { Timeout = 60 * Second, Retries = 3 }, isIdempotent: true, _time);
        var call = pipeline.ExecuteAsync(_ => ++attempts < 4 ? throw new TransientToolException("down") : ValueTask.FromResult<object?>("up"), CancellationToken.None).AsTask();
        for (var retry = 1; retry <= 3; retry++)
        {
            var delay = await _time.TimerStartedAsync(due => due < 10 * Second);
            Assert.InRange(delay, TimeSpan.Zero, 5 * Second);
            Assert.Equal(retry, attempts);
            _time.Advance(delay);
        }

        Assert.Equal("up", await call);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Other_calls_and_other_failures_are_not_retried(bool isIdempotent, bool isTransient)
    {
        var attempts = 0;
        var pipeline = new ToolPipeline("once", new ToolLimits(), isIdempotent, _time);
        await Assert.ThrowsAnyAsync<ToolException>(async () => await pipeline.ExecuteAsync(
            _ =>
            {
                attempts++;
                throw isTransient ? new TransientToolException("x") : new ToolException("x");
            },
            CancellationToken.None));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Attempts_that_hang_are_cut_off_and_retried()
    {
        var pipeline = new ToolPipeline("slow", new ToolLimits { Timeout = 60 * Second, AttemptTimeout = 15 * Second, Retries = 1 }, isIdempotent: true, _time);
        var call = pipeline.ExecuteAsync(Hang, CancellationToken.None).AsTask();
        await _time.TimerStartedAsync(due => due == 15 * Second);
        _time.Advance(15 * Second);
        _time.Advance(await _time.TimerStartedAsync(due => due < 10 * Second));
        await _time.TimerStartedAsync(due => due == 15 * Second);
        _time.Advance(15 * Second);
        Assert.Equal("slow timed out after 15 s (2 attempts)", (await Assert.ThrowsAsync<TransientToolException>(() => call)).Message);
    }

    [Fact]
    public async Task The_circuit_opens_after_the_failures_and_closes_after_a_good_trial()
    {
        var limits = new ToolLimits { CircuitBreaker = new CircuitBreakerLimits { Failures = 5, Break = 15 * Second } };
        var pipeline = new ToolPipeline("shop", limits, isIdempotent: false, _time);
        var attempts = 0;
        ValueTask<object?> Fail(CancellationToken token)
        {
            attempts++;
            throw new TransientToolException("down");
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("down", (await Assert.ThrowsAsync<TransientToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None))).Message);
        }

        _time.Advance(3 * Second);
        var refused = await Assert.ThrowsAsync<ToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        Assert.Equal("shop is not available: the circuit is open for another 12 s after 5 failures", refused.Message);
        Assert.Equal(5, attempts);

        _time.Advance(12 * Second);
        Assert.Equal("up", await pipeline.ExecuteAsync(_ => ValueTask.FromResult<object?>("up"), CancellationToken.None));
        Assert.Equal("up", await pipeline.ExecuteAsync(_ => ValueTask.FromResult<object?>("up"), CancellationToken.None));
    }

    [Fact]
    public async Task Failures_that_are_the_callers_own_leave_the_circuit_closed()
    {
        var pipeline = new ToolPipeline("shop", new ToolLimits { CircuitBreaker = new CircuitBreakerLimits { Failures = 2 } }, isIdempotent: false, _time);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("no such order", (await Assert.ThrowsAsync<ToolException>(async () => await pipeline.ExecuteAsync(_ => throw new ToolException("no such order"), CancellationToken.None))).Message);
        }
    }

    [Fact]
    public async Task A_refusal_for_the_rate_neither_closes_an_open_circuit_nor_hides_failures()
    {
        var limits = new ToolLimits { RatePerMinute = 2, CircuitBreaker = new CircuitBreakerLimits { Failures = 2, Break = 15 * Second } };
        var pipeline = new ToolPipeline("shop", limits, isIdempotent: false, _time);
        static ValueTask<object?> Fail(CancellationToken token) => throw new TransientToolException("down");

        await Assert.ThrowsAsync<TransientToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        _time.Advance(Second);
        await Assert.ThrowsAsync<TransientToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        _time.Advance(15 * Second);
        var refused = await Assert.ThrowsAsync<ToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        Assert.Equal("shop may be called 2 times a minute; the next call is possible in 44 s", refused.Message);

        // The trial is still to come: when it fails, the circuit is open at once.
        _time.Advance(44 * Second);
        await Assert.ThrowsAsync<TransientToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        _time.Advance(Second);
        refused = await Assert.ThrowsAsync<ToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        Assert.StartsWith("shop is not available: the circuit is open", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_an_open_circuit_refuses_uses_up_none_of_the_rate()
    {
        var limits = new ToolLimits { RatePerMinute = 3, CircuitBreaker = new CircuitBreakerLimits { Failures = 2, Break = 15 * Second } };
        var pipeline = new ToolPipeline("shop", limits, isIdempotent: false, _time);
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<TransientToolException>(async () => await pipeline.ExecuteAsync(_ => throw new TransientToolException("down"), CancellationToken.None));
        }

        for (var i = 0; i < 5; i++)
        {
            var refused = await Assert.ThrowsAsync<ToolException>(async () => await pipeline.ExecuteAsync(_ => ValueTask.FromResult<object?>("up"), CancellationToken.None));
            Assert.StartsWith("shop is not available", refused.Message, StringComparison.Ordinal);
        }

        _time.Advance(15 * Second);
        Assert.Equal("up", await pipeline.ExecuteAsync(_ => ValueTask.FromResult<object?>("up"), CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_circuit_inside_the_tool_is_the_tools_own_affair(bool hasBreaker)
    {
        var limits = new ToolLimits { RatePerMinute = 1, CircuitBreaker = hasBreaker ? new CircuitBreakerLimits() : null };
        var pipeline = new ToolPipeline("shop", limits, isIdempotent: false, _time);
        static ValueTask<object?> Fail(CancellationToken token) => throw new BrokenCircuitException("the tool's own");

        Assert.Equal("the tool's own", (await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None))).Message);

        // The tool ran, so the attempt counts.
        var refused = await Assert.ThrowsAsync<ToolException>(async () => await pipeline.ExecuteAsync(Fail, CancellationToken.None));
        Assert.StartsWith("shop may be called 1 times a minute", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_calls_run_at_once_than_allowed_and_the_rest_follow()
    {
        var pipeline = new ToolPipeline("narrow", new ToolLimits { Concurrency = 2 }, isIdempotent: false, _time);
        var gate = new TaskCompletionSource();
        var running = 0;
        var highest = 0;
        async ValueTask<object?> Work(CancellationToken token)
        {
            InterlockedMax(ref highest, Interlocked.Increment(ref running));
            await gate.Task.WaitAsync(token);
            Interlocked.Decrement(ref running);
            return null;
        }

        var calls = Enumerable.Range(0, 10).Select(_ => pipeline.ExecuteAsync(Work, CancellationToken.None).AsTask()).ToList();
        Assert.Equal(2, running);
        gate.SetResult();
        await Task.WhenAll(calls);
        Assert.Equal(2, highest);
    }

    [Fact]
    public async Task A_waiting_call_can_be_cancelled_without_losing_the_slot()
    {
        var pipeline = new ToolPipeline("narrow", new ToolLimits { Concurrency = 1 }, isIdempotent: false, _time);
        var holder = new TaskCompletionSource<object?>();
        var held = pipeline.ExecuteAsync(_ => new ValueTask<object?>(holder.Task), CancellationToken.None).AsTask();
        using var stop = new CancellationTokenSource();
        var waiting = pipeline.ExecuteAsync(_ => ValueTask.FromResult<object?>(1), stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        holder.SetResult("done");
        Assert.Equal("done", await held);
        Assert.Equal(2, await pipeline.ExecuteAsync(_ => ValueTask.FromResult<object?>(2), CancellationToken.None));
    }

    [Fact]
    public async Task Waiting_for_a_slot_counts_towards_the_time_out()
    {
        var pipeline = new ToolPipeline("narrow", new ToolLimits { Timeout = 10 * Second, Concurrency = 1 }, isIdempotent: false, _time);
        var calls = Enumerable.Range(0, 3).Select(_ => pipeline.ExecuteAsync(Hang, CancellationToken.None).AsTask()).ToList();
        _time.Advance(10 * Second);
        foreach (var call in calls)
        {
            Assert.StartsWith("narrow timed out after 10 s", (await Assert.ThrowsAsync<TransientToolException>(() => call)).Message, StringComparison.Ordinal);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
