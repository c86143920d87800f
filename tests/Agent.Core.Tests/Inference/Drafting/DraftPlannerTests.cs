using Agent.Core.Inference.Drafting;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;

namespace Agent.Core.Tests.Inference.Drafting;

public class DraftPlannerTests
{
    private static readonly SchedulerOptions Options = new() { DraftTokens = 31 };
    private static readonly int[] Passage = [.. Enumerable.Range(100, 60)];

    [Fact]
    public void A_long_agreement_is_worth_many_tokens_and_a_short_one_few()
    {
        Assert.Equal(31, Plan(rows => 1 + (0.01 * rows), Quoting(30)));
        Assert.InRange(Plan(rows => 1 + (0.15 * rows), Quoting(3)), 1, 3);
    }

    [Fact]
    public void Where_each_row_costs_as_much_as_a_step_nothing_is_tried() => Assert.Equal(0, Plan(rows => rows, Quoting(30)));

    [Fact]
    public void What_a_step_costs_that_was_never_seen_is_found_out() => Assert.Equal(31, Plan(_ => 0, Quoting(30)));

    [Fact]
    public void Where_nothing_agrees_nothing_is_tried() => Assert.Equal(0, Plan(_ => 1, Text([1, 2, 3, 4, 5, 6])));

    [Fact]
    public void Beside_a_request_that_wants_the_same_draws_each_time_nothing_is_tried() =>
        Assert.Equal(0, Plan(_ => 1, Quoting(30), Text([.. Passage, 1, .. Passage[..30]], drafts: false)));

    [Fact]
    public void With_many_answers_at_once_nothing_is_tried() =>
        Assert.Equal(0, Plan(_ => 1, [.. Enumerable.Range(0, 5).Select(_ => Quoting(30))]));

    [Fact]
    public void Several_answers_try_equally_many_and_the_rows_of_a_step_are_not_exceeded()
    {
        GenerationTask[] tasks = [Quoting(30), Quoting(20), Text([1, 2, 3, 4])];

        var count = Plan(_ => 1, tasks);

        Assert.Equal(7, count);
        Assert.All(tasks, task => Assert.Equal(7, task.Draft!.Tokens.Length));
        Assert.Equal(Passage[30..37], tasks[0].Draft!.Tokens.ToArray());
    }

    [Fact]
    public void No_more_is_tried_than_may_come_nor_anything_behind_the_end_of_a_turn()
    {
        Assert.Equal(3, Plan(_ => 1, Text([.. Passage, .. Passage[..20]], room: 5)));
        Assert.Equal(3, Plan(_ => 1, Text([.. Passage[..24], 0, .. Passage[..20]])));
    }

    [Fact]
    public void Guesses_that_are_wrong_again_and_again_are_given_up_and_taken_up_again()
    {
        Func<int, double> cost = rows => 1 + (0.1 * rows);
        var task = Quoting(30);
        for (var i = 0; i < 40; i++)
        {
            Plan(cost, task);
            task.Draft!.Learn([7]);
        }

        Assert.Equal(0, Plan(cost, task));

        // Nothing is tried any more, and yet it is seen that it would have come true.
        for (var i = 0; i < 40; i++)
        {
            Plan(cost, task);
            task.Draft!.Learn([Passage[30]]);
        }

        Assert.True(Plan(cost, task) > 0);
    }

    private static int Plan(Func<int, double> seconds, params GenerationTask[] tasks) => new DraftPlanner(Options, 32, seconds, token => token == 0).Plan(tasks);

    /// <summary>A text that repeats so many tokens of its passage.</summary>
    private static GenerationTask Quoting(int tokens) => Text([.. Passage, 1, .. Passage[..tokens]]);

    private static GenerationTask Text(int[] tokens, int room = 1000, bool drafts = true) =>
        new(tokens, tokens.Length + room, new Sampler(SamplingOptions.Greedy, [], [], 1), TimeProvider.System) { AllowsDrafts = drafts };
}
