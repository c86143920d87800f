using Agent.Core.Inference;
using Agent.Core.Inference.Scheduling;
using static Agent.Core.Tests.Inference.Scheduling.SchedulerRun;

namespace Agent.Core.Tests.Inference.Scheduling;

/// <summary>What stays in the KV cache, for whom, and what does not.</summary>
public class SchedulerCacheTests
{
    [Fact]
    public void After_ten_thousand_cancelled_requests_nothing_but_the_pinned_prefix_is_in_the_cache()
    {
        using var run = new SchedulerRun(new SchedulerOptions { PrefillTokensWhileDecoding = 16 }, maxSequences: 6, contextPerSequence: 128, batchCapacity: 48);
        var random = new Random(1);
        var pinned = Prompt(500, 40);
        var open = new List<GenerationTask>();
        for (var cancelled = 0; cancelled < 10_000;)
        {
            for (var i = random.Next(3); i > 0; i--)
            {
                int[] prompt = random.Next(3) == 0
                    ? Prompt(random.Next(5), random.Next(1, 90))
                    : [.. pinned, .. Prompt(random.Next(5), random.Next(60))];
                var isPinned = prompt.AsSpan().StartsWith(pinned);
                open.Add(run.Submit(prompt, 120, (RequestPriority)random.Next(3), pinned: isPinned ? pinned.Length : 0, endless: true));
            }

            run.Step();
            for (var i = open.Count - 1; i >= 0; i--)
            {
                // None lives long enough to end by itself.
                if (random.Next(6) == 0 || open[i].Count > open[i].MaxLength - 3)
                {
                    open[i].RequestCancel();
                    open.RemoveAt(i);
                    cancelled++;
                }
            }
        }

        open.ForEach(task => task.RequestCancel());
        run.RunToEnd();

        Assert.Equal((0, 0), (run.Scheduler.ActiveCount, run.Scheduler.QueuedCount));
        var left = Enumerable.Range(0, 6).Select(run.Context.CellsOf).ToList();
        Assert.All(left, cells => Assert.Equal(pinned.Take(cells.Count), cells));
        Assert.Contains(left, cells => cells.Count == pinned.Length);
    }

    [Fact]
    public void What_is_pinned_outlives_a_flood_of_other_prompts()
    {
        using var run = new SchedulerRun(maxSequences: 3);
        var system = Prompt(1, 50);
        run.Submit([.. system, 9], 2, pinned: 50);
        run.RunToEnd();
        for (var i = 0; i < 40; i++)
        {
            run.Submit(Prompt(100 + i, 20 + i), 5);
            if (i % 2 == 1)
            {
                run.RunToEnd();
            }
        }

        var again = run.Submit([.. system, 8, 7], 2);
        run.RunToEnd();

        Assert.Equal(50, again.CachedTokens);
    }

    [Fact]
    public void Without_a_pin_the_prefix_unused_for_longest_goes()
    {
        using var run = new SchedulerRun(maxSequences: 3);
        foreach (var seed in new[] { 1, 2, 3, 1, 4 })
        {
            run.Submit(Prompt(seed, 50), 1);
            run.RunToEnd();
        }

        var cached = new[] { 1, 3, 4, 2 }.Select(seed =>
        {
            var task = run.Submit(Prompt(seed, 50), 1);
            run.RunToEnd();
            return task.CachedTokens;
        });

        Assert.Equal([49, 49, 49, 0], cached);
    }

    [Fact]
    public void A_tenants_prompt_is_not_found_in_the_cache_of_another_although_it_is_the_same()
    {
        using var run = new SchedulerRun(maxSequences: 4);
        var prompt = Prompt(1, 60);
        var cached = new[] { "a", "b", "", "a", "b", "" }.Select(salt =>
        {
            var task = run.Submit(prompt, 3, salt: salt);
            run.RunToEnd();
            Assert.Equal(run.Expected(prompt, 3), Read(task));
            return task.CachedTokens;
        });

        Assert.Equal([0, 0, 0, 59, 59, 59], cached);
    }

    [Fact]
    public void Tenants_do_not_wait_for_each_others_prefixes()
    {
        using var run = new SchedulerRun(maxSequences: 2, batchCapacity: 32);
        var prompt = Prompt(1, 100);
        run.Submit(prompt, 3, salt: "a");
        run.Step();
        run.Submit(prompt, 3, salt: "b");
        run.Step();

        Assert.Equal(2, run.Scheduler.ActiveCount);
    }

    [Fact]
    public void The_rounds_of_several_agents_compute_only_what_is_new()
    {
        using var run = new SchedulerRun(maxSequences: 4, contextPerSequence: 1024);
        var system = Prompt(1, 100);
        var histories = Enumerable.Range(0, 4).Select(agent => (List<int>)[.. system, .. Prompt(10 + agent, 10)]).ToList();
        var expected = 0;
        for (var round = 0; round < 5; round++)
        {
            var tasks = histories.ConvertAll(history => run.Submit([.. history], 20, endless: true));
            run.RunToEnd();
            for (var agent = 0; agent < 4; agent++)
            {
                Assert.Equal(round == 0 && agent == 0 ? 0 : round == 0 ? 100 : histories[agent].Count - 9, tasks[agent].CachedTokens);
                expected += histories[agent].Count - tasks[agent].CachedTokens + 19;
                histories[agent].AddRange(Read(tasks[agent]));
                histories[agent].AddRange(Prompt((100 * round) + agent, 8));
            }
        }

        Assert.Equal(expected, run.Context.TokensComputed);
        Assert.Equal(expected, run.Scheduler.PrefillTokens + run.Scheduler.DecodeTokens);
        Assert.Equal(5 * 4 * 19, run.Scheduler.DecodeTokens);
    }

    [Fact]
    public void A_reader_that_has_all_it_wants_leaves_what_was_computed_for_the_next_round()
    {
        using var run = new SchedulerRun(maxSequences: 1);
        var task = run.Submit(Prompt(1, 60), 100, endless: true);
        for (var i = 0; i < 10; i++)
        {
            run.Step();
        }

        task.RequestStop();
        task.RequestCancel();
        run.RunToEnd();

        Assert.Equal(StopReason.Stopped, task.Statistics!.Reason);
        var answer = Read(task);
        Assert.Null(Failure(task));
        var next = run.Submit([.. Prompt(1, 60), .. answer, 5, 6], 2);
        run.RunToEnd();
        Assert.Equal(60 + answer.Count - 1, next.CachedTokens);
    }

    [Fact]
    public void What_was_copied_of_a_request_that_is_cancelled_goes_with_its_last_user()
    {
        using var run = new SchedulerRun(maxSequences: 2);
        var first = run.Submit([.. Prompt(1, 60), 1], 100, endless: true);
        run.Step();
        run.Step();
        var second = run.Submit([.. Prompt(1, 60), 2], 100, endless: true);
        run.Step();
        Assert.Equal(60, second.CachedTokens);

        first.RequestCancel();
        run.Step();
        second.RequestCancel();
        run.RunToEnd();

        Assert.Equal(0, run.Scheduler.CachedTokens);
    }
}
