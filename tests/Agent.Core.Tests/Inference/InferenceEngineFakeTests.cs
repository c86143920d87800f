using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

/// <summary>The engine's thread, queue and ends, on a context without llama.cpp.</summary>
public class InferenceEngineFakeTests
{
    private const int Vocabulary = 64;

    // An engine that is held for ever could not be disposed where a test fails.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Many_callers_get_what_each_asked_for()
    {
        await using var engine = await StartAsync(new FakeDecoderContext());

        var results = await Task.WhenAll(Enumerable.Range(1, 40).Select(i => ReadAsync(engine, Prompt(i), 20)));

        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal(FakeDecoderContext.Expected(Prompt(i + 1), 20, Vocabulary, 256), results[i]);
        }
    }

    [Fact]
    public async Task Statistics_tell_what_a_generation_took()
    {
        await using var engine = await StartAsync(new FakeDecoderContext());
        using var generation = engine.Submit(new GenerationRequest { Prompt = Prompt(1), MaxTokens = 5, IgnoreEndOfGeneration = true });

        Assert.Equal(5, await CountAsync(generation));

        var statistics = generation.Statistics!;
        Assert.Equal(StopReason.MaxTokens, statistics.Reason);
        Assert.Equal(5, statistics.CompletionTokens);
        Assert.Equal(Prompt(1).Length, statistics.PromptTokens);
        Assert.True(statistics.PrefillTime >= TimeSpan.Zero && statistics.DecodeTime >= TimeSpan.Zero);
    }

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
    public async Task Stopping_fails_what_runs_and_what_waits_and_frees_the_context()
    {
        using var gate = new ManualResetEventSlim();
        var context = new FakeDecoderContext(maxSequences: 1);
        var engine = await StartAsync(context);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.BeforeDecode = () =>
        {
            entered.TrySetResult();
            gate.Wait();
        };
        var running = ReadAsync(engine, Prompt(1), 1000, ignoreEnd: true);
        await entered.Task;
        var waiting = ReadAsync(engine, Prompt(2), 3);

        var stopping = engine.DisposeAsync();
        gate.Set();
        await stopping;

        await Assert.ThrowsAsync<EngineException>(() => running);
        await Assert.ThrowsAsync<EngineException>(() => waiting);
        Assert.True(context.IsDisposed);
        Assert.Throws<EngineException>(() => engine.Submit(new GenerationRequest { Prompt = Prompt(1) }));
    }

    [Fact]
    public async Task A_bug_under_the_engine_reaches_every_caller_and_nobody_waits_for_ever()
    {
        var context = new FakeDecoderContext();
        await using var engine = await StartAsync(context);
        context.OnDecode = _ => throw new InvalidOperationException("broken");

        var first = await Assert.ThrowsAsync<EngineException>(() => ReadAsync(engine, Prompt(1), 3));
        var second = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(engine, Prompt(2), 3));

        Assert.Equal("broken", first.InnerException!.Message);
        Assert.IsType<EngineException>(second);
    }

    [Fact]
    public async Task A_context_that_cannot_be_made_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<LlamaException>(() => InferenceEngine.StartAsync(
            () => throw new LlamaException("no memory"), new FakeTokenizer(), new EngineOptions(), NullLogger.Instance, TimeProvider.System));

        Assert.Equal("no memory", error.Message);
    }

    [Fact]
    public async Task Disposing_a_generation_frees_its_sequence()
    {
        var context = new FakeDecoderContext(maxSequences: 1, vocabularySize: 4096, contextPerSequence: 100_000);
        await using var engine = await StartAsync(context, tokenizer: new FakeTokenizer(4096));
        var generation = engine.Submit(new GenerationRequest { Prompt = Prompt(1), IgnoreEndOfGeneration = true });
        await foreach (var _ in generation.ReadTokensAsync())
        {
            break;
        }

        generation.Dispose();

        // The only sequence is free again, or this would wait for ever.
        Assert.NotNull(await ReadAsync(engine, Prompt(2), 3));
    }

    [Fact]
    public async Task A_reader_that_stops_early_has_a_good_end_and_the_next_round_finds_what_was_computed()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(maxSequences: 1, contextPerSequence: 100_000));
        List<int> conversation = [.. Prompt(1)];
        using (var generation = engine.Submit(new GenerationRequest { Prompt = Prompt(1), IgnoreEndOfGeneration = true }))
        {
            await foreach (var token in generation.ReadTokensAsync())
            {
                conversation.Add(token);
                if (conversation.Count == Prompt(1).Length + 5)
                {
                    generation.Stop();
                    break;
                }
            }
        }

        using var next = engine.Submit(new GenerationRequest { Prompt = [.. conversation, 1, 2], MaxTokens = 1, IgnoreEndOfGeneration = true });
        Assert.Equal(1, await CountAsync(next));
        Assert.InRange(next.CachedTokens, conversation.Count - 1, conversation.Count);
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

    [Fact]
    public async Task Idle_conversations_move_to_the_host_and_back_and_the_status_tells()
    {
        // The clock stands still, so that nothing looks cheaper or dearer than assumed.
        await using var engine = await InferenceEngine.StartAsync(
            () => new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000), new FakeTokenizer(), new EngineOptions { HostCacheMiB = 1 }, NullLogger.Instance, new ManualTimeProvider());
        int[] prompt = [.. Enumerable.Range(0, 200).Select(i => 1 + (i % 60))];
        var answer = await ReadAsync(engine, prompt, 5, ignoreEnd: true);
        await ReadAsync(engine, [.. Enumerable.Range(0, 180).Select(i => 2 + (i % 50))], 1, ignoreEnd: true);
        using var again = engine.Submit(new GenerationRequest { Prompt = [.. prompt, .. answer, 3], MaxTokens = 1, IgnoreEndOfGeneration = true });
        await CountAsync(again);

        Assert.Equal(204, again.CachedTokens);
        Assert.Equal(204, again.Statistics!.CachedTokens);
        while (engine.Status.Active > 0)
        {
            await Task.Yield();
        }

        var status = engine.Status;
        Assert.Equal((2, 1, 204, 0), (status.Saves, status.Restores, status.RestoredTokens, status.FailedMoves));
        Assert.Equal(2, status.OffloadedSequences);
        Assert.True(status.OffloadedBytes > 380 * 8);
    }

    [Fact]
    public async Task Without_a_budget_nothing_moves()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000), new EngineOptions { HostCacheMiB = 0 });
        foreach (var first in new[] { 1, 2, 3 })
        {
            await ReadAsync(engine, [.. Enumerable.Repeat(first, 200)], 1, ignoreEnd: true);
        }

        Assert.Equal((0L, 0), (engine.Status.Saves, engine.Status.OffloadedSequences));
    }

    public static TheoryData<GenerationRequest> Invalid() => new()
    {
        new GenerationRequest { Prompt = [] },
        new GenerationRequest { Prompt = [-1] },
        new GenerationRequest { Prompt = [Vocabulary] },
        new GenerationRequest { Prompt = [1], MaxTokens = 0 },
        new GenerationRequest { Prompt = [1], MaxTokens = -5 },
        new GenerationRequest { Prompt = [1], PinnedTokens = -1 },
        new GenerationRequest { Prompt = [1], PinnedTokens = 2 },
        new GenerationRequest { Prompt = [1], Priority = (RequestPriority)7 },
        new GenerationRequest { Prompt = [1], CacheSalt = new string('s', GenerationRequest.MaxCacheSaltLength + 1) },
        new GenerationRequest { Prompt = [1], Sampling = new() { Temperature = float.NaN } },
        new GenerationRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [Vocabulary] = 1 } } },
        new GenerationRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [3] = float.PositiveInfinity } } },
        new GenerationRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [3] = float.NaN } } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task What_would_trip_native_code_is_refused_first(GenerationRequest request)
    {
        await using var engine = await StartAsync(new FakeDecoderContext());

        Assert.ThrowsAny<ArgumentException>(() => engine.Submit(request));
    }

    [Fact]
    public async Task A_prompt_as_long_as_the_context_is_refused_with_both_numbers()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(contextPerSequence: 32));

        var error = Assert.Throws<ContextOverflowException>(() => engine.Submit(new GenerationRequest { Prompt = Enumerable.Repeat(1, 32).ToArray() }));

        Assert.Equal((32, 32), (error.PromptTokens, error.ContextTokens));
    }

    private static Task<InferenceEngine> StartAsync(FakeDecoderContext context, EngineOptions? options = null, ITokenizer? tokenizer = null) =>
        InferenceEngine.StartAsync(
            () => context, tokenizer ?? new FakeTokenizer(), options ?? new EngineOptions(), NullLogger.Instance, TimeProvider.System);

    private static int[] Prompt(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 5 + (seed % 20)).Select(_ => random.Next(1, 60))];
    }

    private static async Task<List<int>> ReadAsync(InferenceEngine engine, int[] prompt, int maxTokens, bool ignoreEnd = false)
    {
        using var generation = engine.Submit(new GenerationRequest { Prompt = prompt, MaxTokens = maxTokens, IgnoreEndOfGeneration = ignoreEnd });
        var tokens = new List<int>();
        await foreach (var token in generation.ReadTokensAsync())
        {
            tokens.Add(token);
        }

        return tokens;
    }

    private static async Task<int> CountAsync(Generation generation)
    {
        var count = 0;
        await foreach (var _ in generation.ReadTokensAsync())
        {
            count++;
        }

        return count;
    }
}
