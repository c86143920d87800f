using Agent.Core.Inference;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;
using static Agent.Core.Tests.Inference.Scheduling.SchedulerRun;

namespace Agent.Core.Tests.Inference.Scheduling;

/// <summary>Who comes first, who gives way, and that nobody waits for ever.</summary>
public class SchedulerOrderTests
{
    private static readonly SchedulerOptions Options = new() { ShortTokens = 20, MediumTokens = 80, AgeingInterval = TimeSpan.FromSeconds(1) };

    [Fact]
    public void Short_comes_before_medium_before_long_and_priority_before_all()
    {
        using var run = new SchedulerRun(Options, maxSequences: 1);
        var running = run.Submit(Prompt(1, 5), 10, endless: true);
        run.Step();
        var tasks = new Dictionary<string, GenerationTask>
        {
            ["background"] = run.Submit(Prompt(2, 5), 2, RequestPriority.Low, endless: true),
            ["long"] = run.Submit(Prompt(3, 100), 2, endless: true),
            ["medium"] = run.Submit(Prompt(4, 50), 2, endless: true),
            ["short"] = run.Submit(Prompt(5, 10), 2, endless: true),
            ["short, later"] = run.Submit(Prompt(6, 5), 2, endless: true),
        };
        // It is behind the running one only because that may not give way.
        running.Preemptions = Options.MaxPreemptions;
        tasks["urgent and long"] = run.Submit(Prompt(7, 100), 2, RequestPriority.High, endless: true);

        Assert.Equal(["urgent and long", "short", "short, later", "medium", "long", "background"], OrderOfEnds(run, tasks));
    }

    [Fact]
    public void A_long_prompt_whose_beginning_is_cached_counts_as_short()
    {
        using var run = new SchedulerRun(Options, maxSequences: 2);
        var known = Prompt(1, 120);
        run.Submit(known, 20, endless: true);
        run.Submit(Prompt(2, 5), 25, endless: true);
        for (var i = 0; i < 5; i++)
        {
            run.Step();
        }

        var tasks = new Dictionary<string, GenerationTask>
        {
            ["medium"] = run.Submit(Prompt(4, 50), 2, endless: true),
            ["cached"] = run.Submit([.. known, 7, 7, 7], 2, endless: true),
        };

        Assert.Equal(["cached", "medium"], OrderOfEnds(run, tasks));
    }

    [Theory]
    [InlineData(100, RequestPriority.Normal, 2)]
    [InlineData(5, RequestPriority.Low, 3)]
    [InlineData(100, RequestPriority.Low, 5)]
    public void Whoever_waits_is_overtaken_only_by_those_who_come_within_the_time_its_rank_costs(int length, RequestPriority priority, int seconds)
    {
        using var run = new SchedulerRun(Options, maxSequences: 1) { StepTime = TimeSpan.FromMilliseconds(50) };
        var stream = new Queue<(double At, GenerationTask Task)>();
        var overtakers = new List<double>();
        run.Submit(Prompt(1, 5), 4, endless: true);
        run.Step();
        var start = run.Time.GetUtcNow();
        var patient = run.Submit(Prompt(2, length), 2, priority, endless: true);
        for (var i = 0; patient.Statistics is null; i++)
        {
            // One short request comes in each 100 ms; each takes 200 ms. So there is always one that waits.
            Assert.True(i < 5000, "it waits for ever");
            var now = (run.Time.GetUtcNow() - start).TotalSeconds;
            if (i % 2 == 0)
            {
                stream.Enqueue((now, run.Submit(Prompt(100 + i, 5), 4, endless: true)));
            }

            run.Step();
            while (stream.TryPeek(out var first) && first.Task.Statistics is not null)
            {
                overtakers.Add(stream.Dequeue().At);
            }
        }

        Assert.NotEmpty(overtakers);
        Assert.All(overtakers, at => Assert.True(at <= seconds, $"one that came after {at} s was first"));
        Assert.True(overtakers.Max() > seconds - 0.5);
    }

    [Fact]
    public void A_long_prompt_is_computed_although_shorter_ones_keep_coming()
    {
        using var run = new SchedulerRun(Options with { PrefillTokensWhileDecoding = 16, PrefillAgeing = 100 }) { StepTime = TimeSpan.FromMilliseconds(100) };
        run.Submit(Prompt(1, 5), 250, endless: true);
        run.Step();
        var patient = run.Submit(Prompt(2, 120), 2, endless: true);
        var others = new List<GenerationTask>();
        var shorterFirst = 0;
        for (var i = 0; patient.Statistics is null; i++)
        {
            Assert.True(i < 200, "it waits for ever");
            others.RemoveAll(task => task.Statistics is not null);
            while (others.Count < 2)
            {
                others.Add(run.Submit(Prompt(100 + (2 * i) + others.Count, 16), 1, endless: true));
            }

            run.Step();
            shorterFirst += others.Count(task => task.Statistics is not null);
        }

        Assert.True(shorterFirst > 5, "shorter prompts were not first");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_takes_a_sequence_goes_on_from_what_both_begin_with(int sequences)
    {
        using var run = new SchedulerRun(Options, maxSequences: sequences);
        var prompt = Prompt(1, 150);
        var others = Enumerable.Range(0, sequences).Select(i => run.Submit(i == 0 ? prompt : Prompt(9, 20), 60, RequestPriority.Low, endless: true)).ToList();
        while (others[0].Count == others[0].PromptLength)
        {
            run.Step();
        }

        var computed = run.Context.TokensComputed;
        var urgent = run.Submit([.. prompt, 5], 3, RequestPriority.High, endless: true);
        for (var steps = 0; urgent.Statistics is null; steps++)
        {
            Assert.True(steps < 6, "it waits for the one that it could take over");
            run.Step();
        }

        Assert.True(urgent.CachedTokens >= 150 || sequences > 1, $"{urgent.CachedTokens} tokens were taken over");
        Assert.True(run.Context.TokensComputed - computed < 170, $"{run.Context.TokensComputed - computed} tokens were computed");
        run.RunToEnd();
        Assert.All(others, task => Assert.Equal(60, task.Count - task.PromptLength));
    }

    [Fact]
    public void What_matters_more_takes_a_sequence_and_its_reader_never_knows()
    {
        using var run = new SchedulerRun(Options, maxSequences: 2);
        var older = run.Submit(Prompt(1, 12), 60, RequestPriority.Low, endless: true);
        var younger = run.Submit(Prompt(2, 12), 60, RequestPriority.Low, endless: true);
        var read = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            run.Step();
            read.AddRange(Read(younger));
        }

        var urgent = run.Submit(Prompt(3, 9), 4, endless: true);
        for (var i = 0; i < 4; i++)
        {
            run.Step();
        }

        Assert.Equal(StopReason.MaxTokens, urgent.Statistics!.Reason);
        Assert.Equal((0, 1), (older.Preemptions, younger.Preemptions));
        run.RunToEnd();
        read.AddRange(Read(younger));
        Assert.Equal(Endless(run, Prompt(1, 12), 60), Read(older));
        Assert.Equal(Endless(run, Prompt(2, 12), 60), read);
        Assert.Equal((0, 1), (older.Statistics!.Preemptions, younger.Statistics!.Preemptions));
        Assert.Equal(1, run.Scheduler.Preemptions);
    }

    [Fact]
    public void The_longest_of_the_lowest_priority_gives_way_first()
    {
        using var run = new SchedulerRun(Options, maxSequences: 3);
        var normal = run.Submit(Prompt(1, 5), 60, endless: true);
        var longest = run.Submit(Prompt(2, 50), 60, RequestPriority.Low, endless: true);
        var youngest = run.Submit(Prompt(3, 5), 60, RequestPriority.Low, endless: true);
        run.Step();

        run.Submit(Prompt(4, 5), 60, RequestPriority.High);
        run.Step();
        Assert.Equal((0, 1, 0), (normal.Preemptions, longest.Preemptions, youngest.Preemptions));
        run.Submit(Prompt(5, 5), 60, RequestPriority.High);
        run.Step();
        Assert.Equal((0, 1, 1), (normal.Preemptions, longest.Preemptions, youngest.Preemptions));
        run.Submit(Prompt(6, 5), 60, RequestPriority.High);
        run.Step();
        Assert.Equal((1, 1, 1), (normal.Preemptions, longest.Preemptions, youngest.Preemptions));
    }

    [Fact]
    public void A_request_gives_way_only_so_often()
    {
        using var run = new SchedulerRun(Options with { MaxPreemptions = 2 }, maxSequences: 1);
        var background = run.Submit(Prompt(1, 5), 60, RequestPriority.Low, endless: true);
        for (var i = 0; i < 30; i++)
        {
            run.Step();
            if (i % 3 == 2)
            {
                run.Submit(Prompt(10 + i, 5), 1, endless: true);
            }
        }

        run.RunToEnd();
        Assert.Equal(2, background.Statistics!.Preemptions);
        Assert.Equal(Endless(run, Prompt(1, 5), 60), Read(background));
    }

    [Fact]
    public void No_room_in_the_cache_costs_unused_prefixes_then_the_youngest_its_place_but_nobody_an_answer()
    {
        using var run = new SchedulerRun(Options);
        run.Submit(Prompt(8, 30), 1);
        run.RunToEnd();
        Assert.Equal(30, run.Context.GetLength(0));
        var old = run.Submit(Prompt(1, 10), 10);
        var young = run.Submit(Prompt(2, 10), 10);
        var failures = 2;
        run.Context.OnDecode = _ => failures-- > 0 ? DecodeStatus.NoKvRoom : DecodeStatus.Ok;

        run.Step();
        Assert.Equal((0, 0), (run.Context.GetLength(0), young.Preemptions));
        run.Step();
        Assert.Equal((0, 1), (old.Preemptions, young.Preemptions));
        run.RunToEnd();

        Assert.Equal(run.Expected(Prompt(1, 10), 10), Read(old));
        Assert.Equal(run.Expected(Prompt(2, 10), 10), Read(young));
    }

    [Fact]
    public void A_request_for_which_there_is_no_room_although_it_is_alone_fails_and_the_others_go_on()
    {
        using var run = new SchedulerRun(Options);
        var bad = run.Submit(Prompt(1, 40), 10);
        var good = run.Submit(Prompt(2, 10), 10);
        run.Context.OnDecode = batch => batch.Positions.ToArray().Max() >= 20 && batch.Tokens.Length > 20 ? DecodeStatus.NoKvRoom : DecodeStatus.Ok;

        run.RunToEnd();

        Assert.IsType<EngineException>(Failure(bad));
        Assert.Equal(run.Expected(Prompt(2, 10), 10), Read(good));
    }

    [Fact]
    public void A_reader_that_is_far_behind_keeps_nobody_waiting_and_gets_all_its_tokens()
    {
        using var run = new SchedulerRun(Options, maxSequences: 1, contextPerSequence: 1024);
        var slow = run.Submit(Prompt(1, 5), 700, endless: true);
        run.RunToEnd();
        Assert.Equal(GenerationTask.MaxUnread, slow.Count - 5);

        var background = run.Submit(Prompt(2, 5), 20, RequestPriority.Low, endless: true);
        run.RunToEnd();
        Assert.Equal(Endless(run, Prompt(2, 5), 20), Read(background));
        Assert.Equal((0, 1), (run.Scheduler.ActiveCount, run.Scheduler.QueuedCount));

        // A few tokens read are not worth computing it anew.
        var read = new List<int>();
        while (read.Count < 100 && slow.Output.TryRead(out var token))
        {
            slow.OnTokenRead();
            read.Add(token);
        }

        Assert.False(run.Step());
        read.AddRange(Read(slow));
        run.RunToEnd();
        read.AddRange(Read(slow));
        Assert.Equal(Endless(run, Prompt(1, 5), 700), read);
        Assert.Equal(1, slow.Statistics!.Preemptions);
    }

    private static List<int> Endless(SchedulerRun run, int[] prompt, int count)
    {
        var all = prompt.ToList();
        while (all.Count < prompt.Length + count)
        {
            all.Add(Testing.FakeDecoderContext.Next(all.ToArray(), run.Context.VocabularySize));
        }

        return all[prompt.Length..];
    }

    private static List<string> OrderOfEnds(SchedulerRun run, Dictionary<string, GenerationTask> tasks)
    {
        var order = new List<string>();
        while (order.Count < tasks.Count)
        {
            Assert.True(run.Step());
            order.AddRange(tasks.Where(t => t.Value.Statistics is not null && !order.Contains(t.Key)).Select(t => t.Key));
        }

        return order;
    }
}
