using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Native;
using static Agent.Core.Tests.Inference.Scheduling.SchedulerRun;

namespace Agent.Core.Tests.Inference.Scheduling.Offload;

/// <summary>Idle conversations that another one displaces, and what becomes of them.</summary>
public class SchedulerOffloadTests
{
    private static readonly OffloadOptions Options = new() { BudgetBytes = 1 << 20, LeastTokens = 16 };

    [Fact]
    public void A_displaced_conversation_comes_back_and_goes_on_as_if_it_had_stayed()
    {
        using var run = NewRun(maxSequences: 1);
        var history = RunOne(run, Prompt(1, 60), 10);
        RunOne(run, Prompt(2, 50), 5);
        Assert.Equal((1, 1), (run.Offload!.Count, run.Offload.Saves));

        int[] next = [.. history, 7, 8];
        var task = run.Submit(next, 10);
        run.RunToEnd();

        Assert.Equal(run.Expected(next, 10), Read(task));
        Assert.Equal(history.Length - 1, task.CachedTokens);
        Assert.Equal(history.Length - 1, task.Statistics!.CachedTokens);
        Assert.Equal((1, history.Length - 1, 0), (run.Offload.Restores, run.Offload.RestoredTokens, run.Offload.Failures));

        // The one that was displaced for it can come back too.
        Assert.Equal(2, run.Offload.Saves);
        var other = run.Submit([.. Prompt(2, 50), 9], 3);
        run.RunToEnd();
        Assert.Equal(50, other.CachedTokens);
    }

    [Fact]
    public void Many_conversations_take_turns_on_few_sequences_and_compute_only_what_is_new()
    {
        using var run = NewRun(maxSequences: 2, contextPerSequence: 1024);
        var histories = Enumerable.Range(0, 6).Select(agent => (int[])[2 + agent, .. Prompt(10 + agent, 39)]).ToList();
        for (var round = 0; round < 4; round++)
        {
            for (var agent = 0; agent < histories.Count; agent++)
            {
                var task = run.Submit(histories[agent], 20, endless: true);
                run.RunToEnd();
                Assert.Equal(round == 0 ? 0 : histories[agent].Length - 4, task.CachedTokens);
                histories[agent] = [.. histories[agent], .. Read(task), .. Prompt(round, 3)];
            }
        }

        Assert.Equal(0, run.Offload!.Failures);
        Assert.Equal(18, run.Offload.Restores);
    }

    [Fact]
    public void While_several_requests_wait_nobody_waits_for_a_save()
    {
        using var run = NewRun(maxSequences: 4, contextPerSequence: 1024);
        for (var seed = 0; seed < 4; seed++)
        {
            RunOne(run, Prompt(seed, 100), 3);
        }

        var wave = Enumerable.Range(10, 4).Select(seed => run.Submit(Prompt(seed, 50), 3, endless: true)).ToList();
        run.Step();

        // The last one has nobody behind it.
        Assert.Equal((4, 1), (run.Scheduler.ActiveCount, run.Offload!.Saves));
        run.RunToEnd();
        Assert.All(wave, task => Assert.NotNull(task.Statistics));
    }

    [Fact]
    public void A_tenant_never_gets_what_another_ones_conversation_left()
    {
        using var run = NewRun(maxSequences: 1);
        var prompt = Prompt(1, 60);
        foreach (var salt in new[] { "a", "b", "" })
        {
            var task = run.Submit(prompt, 3, salt: salt);
            run.RunToEnd();
            Assert.Equal(0, task.CachedTokens);
        }

        Assert.Equal(0, run.Offload!.Restores);
        var again = run.Submit(prompt, 3, salt: "a");
        run.RunToEnd();
        Assert.Equal((59, 1), (again.CachedTokens, run.Offload.Restores));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_request_that_did_not_end_well_computed_is_never_saved(bool cancelled)
    {
        using var run = NewRun(maxSequences: 1);
        var first = RunOne(run, Prompt(1, 30), 3);
        int[] longer = [.. first, .. Prompt(3, 40)];
        var task = run.Submit(longer, 100, endless: true, processors: cancelled ? [] : [new Breaking()]);
        run.Step();
        run.Step();
        if (cancelled)
        {
            task.RequestCancel();
        }

        run.RunToEnd();
        Assert.NotNull(Failure(task));
        RunOne(run, Prompt(2, 50), 5);

        var again = run.Submit(longer, 1);
        run.RunToEnd();
        Assert.Equal(1, run.Offload!.Restores);
        Assert.Equal(first.Length - 1, again.CachedTokens);
    }

    [Fact]
    public void A_restore_that_fails_is_counted_and_the_prompt_is_computed()
    {
        using var run = NewRun(maxSequences: 1);
        var history = RunOne(run, Prompt(1, 60), 5);
        RunOne(run, Prompt(2, 50), 5);
        run.Context.OnRestore = _ => false;
        int[] next = [.. history, 7];
        var task = run.Submit(next, 6);
        run.RunToEnd();

        Assert.Equal(run.Expected(next, 6), Read(task));
        Assert.Equal(0, task.CachedTokens);
        Assert.Equal((0, 1), (run.Offload!.Restores, run.Offload.Failures));
    }

    [Fact]
    public void After_a_restore_that_failed_another_sequence_lends_what_it_has()
    {
        using var run = NewRun(maxSequences: 2);
        var system = Prompt(1, 50);
        int[] first = [.. system, .. Prompt(2, 60)];
        RunOne(run, first, 3);
        RunOne(run, Prompt(4, 80), 3);
        RunOne(run, [.. system, .. Prompt(3, 90)], 3);
        run.Context.OnRestore = _ => false;
        var task = run.Submit([.. first, 5], 4);
        run.RunToEnd();

        Assert.Equal(1, run.Offload!.Failures);
        Assert.Equal(50, task.CachedTokens);
        Assert.Equal(run.Expected([.. first, 5], 4), Read(task));
    }

    [Fact]
    public void A_save_that_fails_loses_the_conversation_and_nothing_else()
    {
        using var run = NewRun(maxSequences: 1);
        var history = RunOne(run, Prompt(1, 60), 5);
        run.Context.OnSave = _ => false;
        RunOne(run, Prompt(2, 50), 5);
        var task = run.Submit([.. history, 7], 6);
        run.RunToEnd();

        Assert.Equal(run.Expected([.. history, 7], 6), Read(task));
        Assert.Equal((0, 0, 0), (task.CachedTokens, run.Offload!.Count, (int)run.Offload.Saves));
        Assert.Equal(2, run.Offload.Failures);
    }

    [Fact]
    public void What_another_sequence_or_the_host_holds_is_not_saved_again()
    {
        using var run = NewRun(maxSequences: 2);
        var system = Prompt(1, 100);
        RunOne(run, [.. system, 5], 1);
        RunOne(run, [.. system, 6], 1);
        RunOne(run, Prompt(2, 50), 1);
        Assert.Equal(0, run.Offload!.Saves);

        // Now the last copy goes; it comes back, and goes again as it was.
        RunOne(run, Prompt(3, 50), 1);
        Assert.Equal(1, run.Offload.Saves);
        RunOne(run, [.. system, 5], 1);
        RunOne(run, Prompt(4, 50), 1);
        Assert.Equal((3, 1), (run.Offload.Saves, run.Offload.Restores));
        RunOne(run, Prompt(5, 50), 1);
        Assert.Equal(3, run.Offload.Saves);
    }

    [Fact]
    public void What_is_computed_sooner_than_moved_stays_away_from_the_host()
    {
        using var run = NewRun(maxSequences: 1, Options with { AssumedBytesPerSecond = 100 });
        RunOne(run, Prompt(1, 60), 5);
        RunOne(run, Prompt(2, 50), 5);

        Assert.Equal(0, run.Offload!.Saves);
    }

    [Fact]
    public void A_restore_that_turned_out_slow_is_not_made_again()
    {
        using var run = NewRun(maxSequences: 1);
        var history = RunOne(run, Prompt(1, 60), 5);
        RunOne(run, Prompt(2, 50), 5);
        run.Context.OnRestore = _ =>
        {
            run.Time.Advance(TimeSpan.FromSeconds(10));
            return true;
        };
        RunOne(run, [.. history, 3], 5);
        Assert.Equal(1, run.Offload!.Restores);

        var other = run.Submit([.. Prompt(2, 50), 4], 1);
        run.RunToEnd();
        Assert.Equal((0, 1), (other.CachedTokens, run.Offload.Restores));
    }

    [Fact]
    public void A_save_that_would_hold_up_answers_is_left_out_and_made_when_nobody_waits()
    {
        using var run = NewRun(maxSequences: 2, Options with { AssumedBytesPerSecond = 1000, AssumedTokensPerSecond = 10, MostPause = TimeSpan.FromMilliseconds(100) });
        RunOne(run, Prompt(1, 60), 1);
        run.Submit(Prompt(2, 20), 100, endless: true);
        run.Step();
        run.Submit(Prompt(3, 60), 1);
        run.Step();
        Assert.Equal(0, run.Offload!.Saves);

        run.RunToEnd();
        RunOne(run, Prompt(4, 60), 1);
        Assert.Equal(1, run.Offload.Saves);
    }

    [Fact]
    public void One_sequence_is_moved_in_a_step_and_nobody_waits_longer_than_that()
    {
        using var run = NewRun(maxSequences: 4);
        var histories = Enumerable.Range(0, 4).Select(i => RunOne(run, Prompt(1 + i, 60), 3)).ToList();
        for (var step = 1; step <= 4; step++)
        {
            run.Submit(Prompt(20 + step, 50), 40, endless: true);
            run.Step();
            Assert.Equal((step, step), (run.Offload!.Saves, run.Scheduler.ActiveCount));
        }

        run.RunToEnd();
        var tasks = histories.ConvertAll(history => run.Submit([.. history, 9], 20, endless: true));
        for (var step = 1; step <= 4; step++)
        {
            run.Step();
            Assert.Equal((step, step), (run.Offload!.Restores, run.Scheduler.ActiveCount));
        }

        run.RunToEnd();
        Assert.All(tasks.Zip(histories), pair => Assert.Equal(pair.Second.Length - 1, pair.First.CachedTokens));
    }

    [Fact]
    public void Cells_that_are_still_to_be_copied_are_not_overwritten_by_a_restore()
    {
        using var run = NewRun(maxSequences: 2);
        var system = Prompt(1, 60);
        int[] displaced = [.. Prompt(2, 80)];
        RunOne(run, displaced, 1);
        RunOne(run, Prompt(3, 20), 1);
        RunOne(run, [.. system, .. Prompt(5, 70)], 1);
        Assert.Equal(1, run.Offload!.Count);

        // The first one copies the system prompt from the sequence that the second one would restore into.
        var copies = run.Submit([.. system, 4], 30);
        var restores = run.Submit([.. displaced, 4], 30);
        run.Step();
        Assert.Equal((1, 60), (run.Scheduler.ActiveCount, copies.CachedTokens));
        run.RunToEnd();

        Assert.Equal(run.Expected([.. system, 4], 30), Read(copies));
        Assert.Equal(run.Expected([.. displaced, 4], 30), Read(restores));
        Assert.Equal(80, restores.CachedTokens);
        Assert.Equal(0, run.Offload.Failures);
    }

    [Fact]
    public void The_budget_holds_and_the_conversation_unused_for_longest_goes()
    {
        using var run = NewRun(maxSequences: 1, Options with { BudgetBytes = 2 * (12 + (8 * 60)) });
        for (var i = 0; i < 4; i++)
        {
            RunOne(run, Prompt(i, 60), 1);
        }

        Assert.Equal((2, 3), (run.Offload!.Count, run.Offload.Saves));
        Assert.True(run.Offload.Bytes <= 2 * (12 + (8 * 60)));
        var oldest = run.Submit(Prompt(0, 60), 1);
        run.RunToEnd();
        Assert.Equal(0, oldest.CachedTokens);
    }

    [Fact]
    public void A_sequence_that_gives_way_to_a_full_cache_is_saved()
    {
        using var run = NewRun(maxSequences: 2);
        var history = RunOne(run, Prompt(1, 60), 3);
        var steps = 0;
        run.Context.OnDecode = _ => steps++ == 0 ? DecodeStatus.NoKvRoom : DecodeStatus.Ok;
        RunOne(run, Prompt(2, 40), 3);

        Assert.Equal(1, run.Offload!.Saves);
        var task = run.Submit([.. history, 5], 2);
        run.RunToEnd();
        Assert.Equal(history.Length - 1, task.CachedTokens);
    }

    [Fact]
    public void A_model_whose_states_cannot_be_moved_works_without()
    {
        using var run = NewRun(maxSequences: 1);
        run.Context.StateBytesPerToken = 0;
        RunOne(run, Prompt(1, 60), 3);
        RunOne(run, Prompt(2, 60), 3);

        Assert.Equal((0, 0), (run.Offload!.Saves, run.Offload.Failures));
    }

    [Fact]
    public void What_can_come_back_counts_as_computed_when_requests_are_ordered()
    {
        using var run = NewRun(maxSequences: 1, contextPerSequence: 1024, scheduling: new SchedulerOptions { ShortTokens = 20, MediumTokens = 100 });
        var history = RunOne(run, Prompt(1, 300), 3);
        RunOne(run, Prompt(2, 50), 3);
        run.Submit(Prompt(3, 30), 30, endless: true);
        run.Step();
        var medium = run.Submit(Prompt(4, 60), 3);
        var returning = run.Submit([.. history, 6], 3);
        while (returning.Statistics is null)
        {
            run.Step();
        }

        Assert.Null(medium.Statistics);
        Assert.Equal(history.Length - 1, returning.CachedTokens);
    }

    private static SchedulerRun NewRun(int maxSequences, OffloadOptions? offload = null, int contextPerSequence = 256, SchedulerOptions? scheduling = null) =>
        new(scheduling, maxSequences, contextPerSequence, offload: offload ?? Options);

    /// <summary>Runs one request to its end, and returns the conversation as it is then.</summary>
    private static int[] RunOne(SchedulerRun run, int[] prompt, int maxTokens)
    {
        var task = run.Submit(prompt, maxTokens, endless: true);
        run.RunToEnd();
        return [.. prompt, .. Read(task)];
    }

    private sealed class Breaking : ILogitProcessor
    {
        public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength) => throw new InvalidOperationException("boom");
    }
}
