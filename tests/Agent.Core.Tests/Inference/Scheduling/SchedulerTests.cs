using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;
using Agent.Core.Tests.Testing;

namespace Agent.Core.Tests.Inference.Scheduling;

public class SchedulerTests
{
    private const int Vocabulary = 64;

    [Fact]
    public void A_prompt_longer_than_a_step_is_fed_in_chunks_and_continued_exactly()
    {
        using var context = new FakeDecoderContext(batchCapacity: 16);
        using var scheduler = NewScheduler(context);
        var task = NewTask(Prompt(1, 100), 20, context);
        scheduler.Enqueue(task);

        RunToEnd(scheduler);

        Assert.Equal(FakeDecoderContext.Expected(Prompt(1, 100), 20, Vocabulary, 256), Read(task));
        Assert.Equal(0, scheduler.ActiveCount);
    }

    [Fact]
    public void Several_sequences_share_a_step_and_each_gets_its_own_tokens()
    {
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        var tasks = Enumerable.Range(1, 4).Select(seed => (Seed: seed, Task: NewTask(Prompt(seed, 10 + seed), 30, context))).ToList();
        tasks.ForEach(t => scheduler.Enqueue(t.Task));

        RunToEnd(scheduler);

        Assert.Equal(4, context.WidestStep);
        Assert.All(tasks, t => Assert.Equal(FakeDecoderContext.Expected(Prompt(t.Seed, 10 + t.Seed), 30, Vocabulary, 256), Read(t.Task)));
    }

    [Fact]
    public void A_request_joins_while_others_decode()
    {
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        var first = NewTask(Prompt(1, 5), 40, context);
        scheduler.Enqueue(first);
        for (var i = 0; i < 5; i++)
        {
            scheduler.Step();
        }

        var second = NewTask(Prompt(2, 50), 10, context);
        scheduler.Enqueue(second);
        RunToEnd(scheduler);

        Assert.Equal(FakeDecoderContext.Expected(Prompt(1, 5), 40, Vocabulary, 256), Read(first));
        Assert.Equal(FakeDecoderContext.Expected(Prompt(2, 50), 10, Vocabulary, 256), Read(second));
    }

    [Fact]
    public void Prefill_beside_decoding_keeps_to_its_budget()
    {
        using var context = new FakeDecoderContext(contextPerSequence: 512);
        using var scheduler = NewScheduler(context, prefillWhileDecoding: 32);
        var decoder = NewTask(Prompt(4, 5), 100, context);
        scheduler.Enqueue(decoder);
        scheduler.Step();
        var largest = 0;
        context.OnDecode = batch =>
        {
            largest = decoder.Statistics is null ? Math.Max(largest, batch.Count) : largest;
            return DecodeStatus.Ok;
        };
        scheduler.Enqueue(NewTask(Prompt(2, 200), 5, context));

        RunToEnd(scheduler);

        Assert.Equal(33, largest);
    }

    [Fact]
    public void The_second_question_of_a_conversation_computes_only_what_is_new()
    {
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        var first = NewTask(Prompt(1, 60), 10, context);
        scheduler.Enqueue(first);
        RunToEnd(scheduler);
        Assert.Equal(StopReason.EndOfGeneration, first.Statistics!.Reason);
        int[] history = [.. Prompt(1, 60), .. Read(first)];
        var computed = context.TokensComputed;

        var second = NewTask([.. history, .. Prompt(9, 8)], 1, context);
        scheduler.Enqueue(second);
        RunToEnd(scheduler);

        Assert.Equal(history.Length, second.CachedTokens);
        Assert.Equal(8, context.TokensComputed - computed);
        Assert.Equal(FakeDecoderContext.Expected([.. history, .. Prompt(9, 8)], 1, Vocabulary, 256), Read(second));
    }

    [Fact]
    public void Requests_that_begin_alike_share_one_prefill()
    {
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        var system = Prompt(7, 100);
        var tasks = Enumerable.Range(1, 4).Select(i => (Prompt: (int[])[.. system, .. Prompt(i, 6)], Index: i)).Select(p => (p.Prompt, Task: NewTask(p.Prompt, 3, context))).ToList();
        tasks.ForEach(t => scheduler.Enqueue(t.Task));

        RunToEnd(scheduler);

        Assert.All(tasks, t => Assert.Equal(FakeDecoderContext.Expected(t.Prompt, 3, Vocabulary, 256), Read(t.Task)));
        Assert.All(tasks.Skip(1), t => Assert.True(t.Task.CachedTokens >= 64, $"{t.Task.CachedTokens} tokens were reused"));
        Assert.True(context.TokensComputed < 250, $"{context.TokensComputed} tokens were computed");
    }

    [Fact]
    public void Cancelling_frees_the_sequence_within_a_step_and_leaves_the_others()
    {
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        var kept = NewTask(Prompt(1, 10), 50, context);
        var dropped = NewTask(Prompt(2, 10), 50, context);
        scheduler.Enqueue(kept);
        scheduler.Enqueue(dropped);
        scheduler.Step();

        dropped.RequestCancel();
        scheduler.Step();

        Assert.Equal(1, scheduler.ActiveCount);
        RunToEnd(scheduler);
        Assert.Equal(FakeDecoderContext.Expected(Prompt(1, 10), 50, Vocabulary, 256), Read(kept));
        Assert.IsType<OperationCanceledException>(Failure(dropped), exactMatch: false);
    }

    [Fact]
    public void A_step_that_fails_once_is_computed_anew_and_nobody_notices()
    {
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        var tasks = Enumerable.Range(1, 3).Select(i => NewTask(Prompt(i, 12), 15, context)).ToList();
        tasks.ForEach(scheduler.Enqueue);
        scheduler.Step();
        var failed = false;
        context.OnDecode = _ =>
        {
            var status = failed ? DecodeStatus.Ok : DecodeStatus.Failed;
            failed = true;
            return status;
        };

        RunToEnd(scheduler);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(FakeDecoderContext.Expected(Prompt(i + 1, 12), 15, Vocabulary, 256), Read(tasks[i]));
        }
    }

    [Fact]
    public void A_request_that_always_fails_is_the_only_one_lost()
    {
        const int Poison = 63;
        using var context = new FakeDecoderContext();
        using var scheduler = NewScheduler(context);
        int[] bad = [1, 2, Poison, 4];
        var good = NewTask([5, 6, 7], 12, context);
        var poisoned = NewTask(bad, 12, context);
        scheduler.Enqueue(poisoned);
        scheduler.Enqueue(good);
        context.OnDecode = batch => batch.Tokens.IndexOf(Poison) >= 0 && batch.Positions[0] == 0 ? DecodeStatus.Failed : DecodeStatus.Ok;

        RunToEnd(scheduler);

        Assert.IsType<EngineException>(Failure(poisoned));
        Assert.Equal(FakeDecoderContext.Expected([5, 6, 7], 12, Vocabulary, 256), Read(good));
    }

    [Fact]
    public void A_slow_reader_rests_its_own_sequence_and_goes_on_when_it_has_read()
    {
        using var context = new FakeDecoderContext(contextPerSequence: 2048, vocabularySize: 4096);
        using var scheduler = new Scheduler(context, new SchedulerOptions(), _ => false);
        var slow = NewTask(Prompt(1, 4), 1200, context);
        scheduler.Enqueue(slow);

        RunToEnd(scheduler);
        Assert.Equal(1, scheduler.ActiveCount);
        Assert.Equal(GenerationTask.MaxUnread, slow.Count - slow.PromptLength);

        var read = new List<int>();
        while (slow.Statistics is null)
        {
            while (slow.Output.TryRead(out var token))
            {
                read.Add(token);
                slow.OnTokenRead();
            }

            RunToEnd(scheduler);
        }

        read.AddRange(Read(slow));
        Assert.Equal(1200, read.Count);
    }

    [Fact]
    public void The_context_ends_a_generation_before_it_overflows()
    {
        using var context = new FakeDecoderContext(contextPerSequence: 32, vocabularySize: 4096);
        using var scheduler = new Scheduler(context, new SchedulerOptions(), _ => false);
        var task = NewTask(Prompt(1, 20), 1000, context);
        scheduler.Enqueue(task);

        RunToEnd(scheduler);

        Assert.Equal(12, Read(task).Count);
        Assert.Equal(StopReason.ContextFull, task.Statistics!.Reason);
    }

    [Fact]
    public void Readers_get_the_tokens_of_a_step_while_the_device_computes_the_next()
    {
        using var context = new FakeDecoderContext(vocabularySize: 4096) { IsAsynchronous = true };
        using var scheduler = NewScheduler(context);
        var task = NewTask(Prompt(1, 5), 10, context);
        scheduler.Enqueue(task);
        var read = new List<int>();
        var seen = new List<int>();
        context.OnSynchronize = () =>
        {
            read.AddRange(Read(task));
            seen.Add(read.Count);
        };

        RunToEnd(scheduler);

        Assert.Equal(Enumerable.Range(0, 10), seen);
        Assert.Equal(FakeDecoderContext.Expected(Prompt(1, 5), 10, 4096, 256), [.. read, .. Read(task)]);
        Assert.NotNull(task.Statistics);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_a_request_throws_while_its_token_is_chosen_ends_that_request_alone(int threads)
    {
        using var context = new FakeDecoderContext(vocabularySize: 4096);
        using var scheduler = NewScheduler(context, threads: threads);
        var good = Enumerable.Range(1, 3).Select(seed => NewTask(Prompt(seed, 5), 10, context)).ToList();
        var bad = NewTask(Prompt(4, 5), 10, context, new FailingProcessor(3));
        good.ForEach(scheduler.Enqueue);
        scheduler.Enqueue(bad);

        RunToEnd(scheduler);

        Assert.IsType<InvalidOperationException>(Assert.IsType<EngineException>(Failure(bad)).InnerException);
        Assert.Equal(2, bad.Count - bad.PromptLength);
        Assert.All(good, (task, i) => Assert.Equal(FakeDecoderContext.Expected(Prompt(i + 1, 5), 10, 4096, 256), Read(task)));
        scheduler.CheckIntegrity();
    }

    [Fact]
    public void Tokens_do_not_depend_on_the_number_of_threads()
    {
        var runs = new[] { 1, 2, 7 }.Select(threads =>
        {
            using var context = new FakeDecoderContext(vocabularySize: 997, maxSequences: 16, batchCapacity: 256);
            using var scheduler = NewScheduler(context, threads: threads);
            var sampling = new SamplingOptions { Temperature = 5, TopK = 40, TopP = 0.95f, RepetitionPenalty = 1.2f };
            var tasks = Enumerable.Range(1, 40).Select(seed => new GenerationTask(
                Prompt(seed, 3 + seed), 100, new Sampler(sampling with { Seed = seed }, [], [], 1), TimeProvider.System)).ToList();
            tasks.ForEach(scheduler.Enqueue);
            RunToEnd(scheduler);
            return tasks.SelectMany(Read).ToList();
        }).ToList();

        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
        Assert.True(runs[0].Distinct().Count() > 20);
    }

    private static Scheduler NewScheduler(FakeDecoderContext context, int prefillWhileDecoding = 512, int threads = 1) =>
        new(context, new SchedulerOptions { PrefillTokensWhileDecoding = prefillWhileDecoding, SamplingThreads = threads, LeastParallelLogits = 1 }, token => token == 0);

    private static GenerationTask NewTask(int[] prompt, int maxTokens, FakeDecoderContext context, params ILogitProcessor[] processors) =>
        new(prompt, Math.Min(context.ContextPerSequence, prompt.Length + maxTokens), new Sampler(SamplingOptions.Greedy, processors, [], 1), TimeProvider.System);

    private static int[] Prompt(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(1, 60))];
    }

    private static List<int> Read(GenerationTask task)
    {
        var tokens = new List<int>();
        while (task.Output.TryRead(out var token))
        {
            task.OnTokenRead();
            tokens.Add(token);
        }

        return tokens;
    }

    /// <summary>The error a task ended with; a channel completes only when it has been read empty.</summary>
    private static Exception? Failure(GenerationTask task)
    {
        Read(task);
        Assert.True(task.Output.Completion.IsCompleted);
        return task.Output.Completion.Exception?.InnerException ?? (task.Output.Completion.IsCanceled ? new OperationCanceledException() : null);
    }

    /// <summary>Throws when it is called for the n-th time.</summary>
    private sealed class FailingProcessor(int failsAt) : ILogitProcessor
    {
        private int _calls;

        public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
        {
            if (++_calls == failsAt)
            {
                throw new InvalidOperationException("boom");
            }
        }
    }

    private static void RunToEnd(Scheduler scheduler)
    {
        for (var i = 0; i < 100_000; i++)
        {
            if (!scheduler.Step())
            {
                return;
            }

            scheduler.CheckIntegrity();
        }

        Assert.Fail("The scheduler does not come to an end.");
    }
}
