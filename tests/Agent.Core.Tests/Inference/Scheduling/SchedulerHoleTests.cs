using Agent.Core.Inference.Scheduling;
using static Agent.Core.Tests.Inference.Scheduling.SchedulerRun;

namespace Agent.Core.Tests.Inference.Scheduling;

/// <summary>Steps whose sequence ids have holes, which llama.cpp computes in several passes.</summary>
public class SchedulerHoleTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(4, 1)]
    public void A_hole_between_running_answers_is_closed_if_it_is_small_enough(int fillers, int passes)
    {
        using var run = new SchedulerRun(new SchedulerOptions { MostFillers = fillers }, maxSequences: 8);
        int[] lengths = [40, 2, 40, 2, 2, 2, 40, 40];
        var tasks = lengths.Select((length, i) => run.Submit(Prompt(i, 5), length, endless: true)).ToList();
        for (var i = 0; i < 4; i++)
        {
            run.Step();
        }

        var (steps, before) = (run.Context.Steps, run.Context.MicroBatches);
        for (var i = 0; i < 10; i++)
        {
            run.Step();
        }

        Assert.Equal(10, run.Context.Steps - steps);
        Assert.Equal(10 * passes, run.Context.MicroBatches - before);

        // What the idle ones held is still there, and no answer has changed.
        Assert.Equal([6, 6], new[] { 1, 4 }.Select(run.Context.GetLength));
        Assert.Equal(tasks[1].Tokens[..6].ToArray(), run.Context.CellsOf(1));
        run.RunToEnd();
        Assert.All(tasks, (task, i) => Assert.Equal(Read(task), Alone(i, lengths[i])));
        Assert.Equal(lengths.Sum(length => length - 1), run.Scheduler.DecodeTokens);
    }

    [Fact]
    public void A_prompt_that_waits_in_a_hole_gets_the_row()
    {
        using var run = new SchedulerRun(new SchedulerOptions { MostFillers = 4, PrefillTokensWhileDecoding = 16 }, maxSequences: 4);
        run.Submit(Prompt(1, 5), 60, endless: true);
        var ends = run.Submit(Prompt(2, 5), 1, endless: true);
        run.Submit(Prompt(3, 5), 60, endless: true);
        run.Step();
        Assert.NotNull(ends.Statistics);
        run.Submit(Prompt(4, 60), 2, endless: true);
        run.Step();
        Assert.Equal(16, run.Context.GetLength(3));
        run.Submit([.. Prompt(2, 5), .. Prompt(5, 90)], 2, endless: true);
        run.Step();

        // The shorter one has the budget; the longer one lies between two answers.
        Assert.Equal((6, 32), (run.Context.GetLength(1), run.Context.GetLength(3)));
    }

    private static List<int> Alone(int seed, int length)
    {
        using var run = new SchedulerRun();
        var task = run.Submit(Prompt(seed, 5), length, endless: true);
        run.RunToEnd();
        return Read(task);
    }
}
