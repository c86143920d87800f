using Agent.Core.Inference;
using Agent.Core.Inference.Embedding;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference.Embedding;

public sealed class PoolingWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Texts_are_computed_together_up_to_the_batch_and_come_back_in_order()
    {
        var context = new FakePoolingContext();
        using var worker = await StartAsync(context);

        var rows = await worker.ComputeAsync([Text(10, 3), Text(11, 5), Text(12, 8), Text(13, 1), Text(14, 1), Text(15, 1), Text(16, 1), Text(17, 1)], default).WaitAsync(Patience);

        Assert.Equal([10, 11, 12, 13, 14, 15, 16, 17], rows.Select(row => (int)row.Values![0]));
        Assert.Equal([3, 5, 8, 1, 1, 1, 1, 1], rows.Select(row => (int)row.Values![1]));
        Assert.Equal(["0", "10,11", "12", "13,14,15,16", "17"], context.Steps.Select(step => string.Join(',', step)));
    }

    [Fact]
    public async Task A_text_that_fails_does_not_take_its_neighbours_with_it()
    {
        var context = new FakePoolingContext { FailingToken = 11 };
        using var worker = await StartAsync(context);

        var rows = await worker.ComputeAsync([Text(10, 1), Text(11, 1), Text(12, 1)], default).WaitAsync(Patience);

        Assert.Equal([10, 12], rows.Where(row => row.Failure is null).Select(row => (int)row.Values![0]));
        Assert.IsType<EngineException>(rows[1].Failure);
    }

    [Fact]
    public async Task A_short_call_passes_a_long_one_which_gets_on_nevertheless()
    {
        using var gate = new ManualResetEventSlim();
        var context = new FakePoolingContext { OnStep = first => Wait(gate, first.Contains(100)) };
        using var worker = await StartAsync(context);
        var blocking = worker.ComputeAsync([Text(100, 8)], default);
        var slow = worker.ComputeAsync([.. Enumerable.Range(200, 12).Select(token => Text(token, 2))], default);
        var quick = worker.ComputeAsync([Text(300, 2), Text(301, 2)], default);
        gate.Set();

        await Task.WhenAll(blocking, slow, quick).WaitAsync(Patience);

        // Which of the two arrived first does not matter: the long one has its place in every step.
        var steps = context.Steps.Select(step => step.ToHashSet()).ToList();
        var lastQuick = steps.FindIndex(step => step.Contains(301));
        Assert.True(lastQuick < steps.FindIndex(step => step.Contains(211)));
        Assert.Contains(steps[..(lastQuick + 1)], step => step.Contains(200));
    }

    [Fact]
    public async Task A_cancelled_call_takes_no_further_step_and_its_neighbours_go_on()
    {
        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var context = new FakePoolingContext { OnStep = first => Wait(gate, first.Contains(100)) };
        using var worker = await StartAsync(context);
        var cancelled = worker.ComputeAsync([Text(100, 8), Text(101, 8)], cancellation.Token);
        var other = worker.ComputeAsync([Text(200, 8)], default);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience));
        gate.Set();

        Assert.Equal(200, (await other.WaitAsync(Patience))[0].Values![0]);
        Assert.DoesNotContain(context.Steps, step => step.Contains(101));
    }

    [Fact]
    public async Task Calls_above_the_limit_wait_at_the_door()
    {
        using var gate = new ManualResetEventSlim();
        var context = new FakePoolingContext { OnStep = first => Wait(gate, first.Contains(100)) };
        using var worker = await StartAsync(context, queueLimit: 1);
        var first = worker.ComputeAsync([Text(100, 1)], default);
        using var cancellation = new CancellationTokenSource();
        var second = worker.ComputeAsync([Text(101, 1)], cancellation.Token);
        var third = worker.ComputeAsync([Text(102, 1)], default);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Patience));
        gate.Set();

        await Task.WhenAll(first, third).WaitAsync(Patience);
        Assert.DoesNotContain(context.Steps, step => step.Contains(101));
    }

    [Fact]
    public async Task Disposal_waits_for_the_step_and_fails_the_rest()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var context = new FakePoolingContext
        {
            OnStep = first =>
            {
                if (first.Contains(100))
                {
                    entered.Set();
                }

                Wait(gate, first.Contains(100));
            },
        };
        var worker = await StartAsync(context);
        var running = worker.ComputeAsync([Text(100, 8), Text(101, 8)], default);
        Assert.True(entered.Wait(Patience));

        var waiting = worker.ComputeAsync([Text(200, 8)], default);
        var disposal = Task.Run(worker.Dispose);
        Assert.True(SpinWait.SpinUntil(() => worker.IsStopping, Patience));
        Assert.False(context.IsDisposed);
        gate.Set();
        await disposal.WaitAsync(Patience);

        Assert.True(context.IsDisposed);
        await Assert.ThrowsAsync<EngineException>(() => running.WaitAsync(Patience));
        await Assert.ThrowsAsync<EngineException>(() => waiting.WaitAsync(Patience));
        await Assert.ThrowsAsync<EngineException>(() => worker.ComputeAsync([Text(1, 1)], default).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_context_that_breaks_fails_every_call_with_the_cause()
    {
        using var worker = await StartAsync(new FakePoolingContext { BreakingToken = 100 });

        var error = await Assert.ThrowsAsync<EngineException>(() => worker.ComputeAsync([Text(100, 1)], default).WaitAsync(Patience));

        Assert.IsType<InvalidOperationException>(error.InnerException);
        await Assert.ThrowsAsync<EngineException>(() => worker.ComputeAsync([Text(1, 1)], default).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_context_that_cannot_be_created_is_the_start_s_error() =>
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => PoolingWorker.StartAsync(() => throw new InvalidTimeZoneException(), 1, null, NullLogger.Instance, TimeProvider.System).WaitAsync(Patience));

    [Fact]
    public async Task A_model_that_cannot_compute_a_token_is_the_start_s_error() =>
        await Assert.ThrowsAsync<EngineException>(() => StartAsync(new FakePoolingContext { FailingToken = 0 }).WaitAsync(Patience));

    private static Task<PoolingWorker> StartAsync(FakePoolingContext context, int queueLimit = 16) =>
        PoolingWorker.StartAsync(() => context, queueLimit, null, NullLogger.Instance, TimeProvider.System);

    private static int[] Text(int first, int length) => [first, .. Enumerable.Repeat(1, length - 1)];

    private static void Wait(ManualResetEventSlim gate, bool now) => Assert.True(!now || gate.Wait(Patience));
}
