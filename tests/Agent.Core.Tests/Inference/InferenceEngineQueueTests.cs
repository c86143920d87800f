using Agent.Core.Inference;
using Agent.Core.Tests.Testing;
using static Agent.Core.Tests.Inference.FakeEngine;

namespace Agent.Core.Tests.Inference;

/// <summary>Who waits for the engine, how many may, and who goes first; on a context without llama.cpp.</summary>
public class InferenceEngineQueueTests
{
    [Fact]
    public async Task A_full_queue_refuses_and_takes_again_when_there_is_room()
    {
        using var gate = new ManualResetEventSlim();
        var context = new FakeDecoderContext(maxSequences: 1);
        await using var engine = await StartAsync(context, new EngineOptions { QueueLimit = 2 });
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.BeforeDecode = () =>
        {
            entered.TrySetResult();
            gate.Wait();
        };
        var running = ReadAsync(engine, Prompt(1), 3);
        await entered.Task;
        var waiting = new[] { ReadAsync(engine, Prompt(2), 3), ReadAsync(engine, Prompt(3), 3) };

        var error = Assert.Throws<QueueFullException>(() => engine.Submit(new GenerationRequest { Prompt = Prompt(4) }));
        Assert.Equal(2, error.Limit);
        gate.Set();

        await running;
        await Task.WhenAll(waiting);
        Assert.NotNull(await ReadAsync(engine, Prompt(4), 3));
    }

    [Fact]
    public async Task What_the_step_that_runs_has_taken_in_still_counts_for_the_queue()
    {
        using var steps = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        var context = new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000);
        await using var engine = await StartAsync(context, new EngineOptions { QueueLimit = 2 });
        context.BeforeDecode = () =>
        {
            begun.Release();
            steps.Wait(MostWait);
        };
        var running = ReadAsync(engine, Prompt(1), 50, ignoreEnd: true);
        await begun.WaitAsync();
        var waiting = new[] { ReadAsync(engine, Prompt(2), 3), ReadAsync(engine, Prompt(3), 3) };

        // Now the engine has taken both out of its inbox, and is in the step that it would tell of when it is over.
        steps.Release();
        await begun.WaitAsync();

        Assert.Equal(2, engine.Status.Queued);
        Assert.Throws<QueueFullException>(() => engine.Submit(new GenerationRequest { Prompt = Prompt(4) }));
        steps.Release(1000);
        await running;
        await Task.WhenAll(waiting);
        while (engine.Status.Active > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(0, engine.Status.Queued);
    }

    [Fact]
    public async Task As_many_may_wait_as_the_limit_says_however_many_come_at_once()
    {
        using var gate = new ManualResetEventSlim();
        var context = new FakeDecoderContext(maxSequences: 1);
        await using var engine = await StartAsync(context, new EngineOptions { QueueLimit = 10 });
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.BeforeDecode = () =>
        {
            entered.TrySetResult();
            gate.Wait(MostWait);
        };
        var running = ReadAsync(engine, Prompt(1), 3);
        await entered.Task;
        var taken = new System.Collections.Concurrent.ConcurrentBag<Generation>();
        using var start = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < 200; i++)
            {
                try
                {
                    taken.Add(engine.Submit(new GenerationRequest { Prompt = Prompt(2), MaxTokens = 2 }));
                }
                catch (QueueFullException)
                {
                    // All but ten meet it.
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());

        Assert.Equal((10, 10), (taken.Count, engine.Status.Queued));
        foreach (var generation in taken)
        {
            generation.Dispose();
        }

        gate.Set();
        await running;
        while (engine.Status is { Active: > 0 } or { Queued: > 0 })
        {
            await Task.Yield();
        }

        Assert.NotNull(await ReadAsync(engine, Prompt(4), 3));
    }

    [Fact]
    public async Task A_request_that_gave_its_sequence_up_waits_again()
    {
        using var steps = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        var context = new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000);
        await using var engine = await StartAsync(context, new EngineOptions { QueueLimit = 1 });
        context.BeforeDecode = () =>
        {
            begun.Release();
            steps.Wait(MostWait);
        };
        using var background = engine.Submit(new GenerationRequest { Prompt = Prompt(1), MaxTokens = 20, IgnoreEndOfGeneration = true, Priority = RequestPriority.Low });
        await begun.WaitAsync();
        using var urgent = engine.Submit(new GenerationRequest { Prompt = Prompt(2), MaxTokens = 4, IgnoreEndOfGeneration = true, Priority = RequestPriority.High });
        steps.Release();
        await begun.WaitAsync();

        Assert.Throws<QueueFullException>(() => engine.Submit(new GenerationRequest { Prompt = Prompt(3) }));
        steps.Release(1000);
        Assert.Equal((20, 4), (await CountAsync(background), await CountAsync(urgent)));
        Assert.Equal(1, background.Statistics!.Preemptions);
        while (engine.Status.Active > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(0, engine.Status.Queued);
    }

    [Fact]
    public async Task What_matters_more_goes_first_and_the_status_tells_what_was_done()
    {
        var context = new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000);
        using var gate = new ManualResetEventSlim();
        await using var engine = await StartAsync(context);
        var steps = 0;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.BeforeDecode = () =>
        {
            if (++steps == 3)
            {
                entered.SetResult();
                gate.Wait();
            }
        };
        using var background = engine.Submit(new GenerationRequest { Prompt = Prompt(1), MaxTokens = 20, IgnoreEndOfGeneration = true, Priority = RequestPriority.Low });
        await entered.Task;
        using var urgent = engine.Submit(new GenerationRequest { Prompt = Prompt(2), MaxTokens = 4, IgnoreEndOfGeneration = true, Priority = RequestPriority.High });
        gate.Set();

        Assert.Equal((20, 4), (await CountAsync(background), await CountAsync(urgent)));
        Assert.Equal((1, 0), (background.Statistics!.Preemptions, urgent.Statistics!.Preemptions));
        // The figures are published when the engine has nothing left to do.
        while (engine.Status.Active > 0)
        {
            await Task.Yield();
        }

        var status = engine.Status;
        Assert.Equal(1, status.Preemptions);
        Assert.Equal(2 + 16 + 3, status.DecodeTokens);
        Assert.Equal(Prompt(1).Length + Prompt(2).Length + Prompt(1).Length + 3, status.PrefillTokens);
    }
}
