using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using static Agent.Core.Tests.Inference.Scheduling.SchedulerRun;

namespace Agent.Core.Tests.Inference.Scheduling;

public class SchedulerDraftTests
{
    private static readonly SchedulerOptions Drafting = new() { DraftTokens = 7 };

    [Fact]
    public void An_answer_that_repeats_itself_takes_fewer_steps_and_is_the_same()
    {
        using var plain = new SchedulerRun(repeats: true);
        using var drafting = new SchedulerRun(Drafting, repeats: true);
        var expected = plain.Expected(Prompt(1, 20), 200);

        var first = plain.Submit(Prompt(1, 20), 200, endless: true);
        plain.RunToEnd();
        var second = drafting.Submit(Prompt(1, 20), 200, endless: true);
        drafting.RunToEnd();

        var answer = Read(first);
        Assert.Equal(200, answer.Count);
        Assert.Equal(answer[..expected.Count], expected);
        Assert.Equal(answer, Read(second));
        Assert.True(drafting.Context.Steps < plain.Context.Steps * 3 / 4, $"{drafting.Context.Steps} steps, and {plain.Context.Steps} without");
        Assert.Equal(200 - drafting.Scheduler.DecodeTokens - 1, second.Statistics!.DraftTokens);
        Assert.Equal(second.Statistics.DraftTokens, drafting.Scheduler.AcceptedDraftTokens);
        Assert.Equal(StopReason.MaxTokens, second.Statistics.Reason);
    }

    [Fact]
    public void The_end_of_a_turn_among_tried_tokens_ends_it_there_and_the_cells_hold_no_more()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            using var run = new SchedulerRun(Drafting, repeats: true);
            var prompt = Prompt(seed, 20);
            var task = run.Submit(prompt, 200);
            run.RunToEnd();

            var answer = Read(task);
            Assert.Equal(run.Expected(prompt, 200), answer);

            // The last token is not in the cells where the limit ended the answer.
            int[] text = [.. prompt, .. answer];
            Assert.InRange(run.Context.GetLength(0), text.Length - 1, text.Length);
            Assert.Equal(text.Take(run.Context.GetLength(0)), run.Context.CellsOf(0));
        }
    }

    [Fact]
    public void A_processor_sees_only_what_was_chosen_and_a_draw_is_made_once_for_each_token()
    {
        var runs = new[] { 0, 7 }.Select(drafts =>
        {
            using var run = new SchedulerRun(new SchedulerOptions { DraftTokens = drafts }, repeats: true);
            var seen = new List<int[]>();
            var sampler = new Sampler(new SamplingOptions { Temperature = 0.1f, Seed = 5 }, [new Watching(seen)], [], 1);
            var task = new GenerationTask(Prompt(3, 20), 150, sampler, run.Time) { IgnoreEndOfGeneration = true };
            run.Scheduler.Enqueue(task);
            run.RunToEnd();
            Assert.Equal(drafts > 0, run.Scheduler.AcceptedDraftTokens > 0);
            return (Answer: Read(task), Seen: seen);
        }).ToList();

        Assert.Equal(runs[0].Answer, runs[1].Answer);
        Assert.Equal(runs[0].Seen.Count, runs[1].Seen.Count);
        Assert.All(runs[0].Seen.Zip(runs[1].Seen), pair => Assert.Equal(pair.First, pair.Second));
    }

    [Fact]
    public void A_processor_that_throws_at_a_tried_token_ends_its_request_behind_the_tokens_before_it()
    {
        using var run = new SchedulerRun(Drafting, repeats: true);
        var expected = run.Expected(Prompt(1, 20), 200);
        var task = run.Submit(Prompt(1, 20), 200, processors: new ThrowingAt(40));
        run.RunToEnd();

        var received = Read(task);
        Assert.IsType<EngineException>(Failure(task));
        Assert.Equal(expected.Take(39), received);
        Assert.Equal(0, run.Scheduler.ActiveCount);
    }

    [Fact]
    public void Tokens_are_tried_with_few_answers_at_once_and_not_with_many()
    {
        using var run = new SchedulerRun(Drafting, maxSequences: 8, batchCapacity: 128, repeats: true);
        var tasks = Enumerable.Range(0, 8).Select(seed => run.Submit(Prompt(seed, 20), seed < 2 ? 200 : 60, endless: true)).ToList();
        while (run.Scheduler.ActiveCount > 4 || run.Scheduler.QueuedCount > 0)
        {
            run.Step();
            Assert.True(run.Scheduler.ActiveCount <= 4 || run.Scheduler.DraftTokens == 0);
        }

        run.RunToEnd();

        Assert.True(run.Scheduler.AcceptedDraftTokens > 20);
        Assert.All(tasks.Take(2), task => Assert.Equal(200, Read(task).Count));
    }

    private sealed class Watching(List<int[]> seen) : ILogitProcessor
    {
        public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength) => seen.Add(tokens.ToArray());
    }

    private sealed class ThrowingAt(int call) : ILogitProcessor
    {
        private int _calls;

        public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
        {
            if (++_calls == call)
            {
                throw new InvalidOperationException("boom");
            }
        }
    }
}
