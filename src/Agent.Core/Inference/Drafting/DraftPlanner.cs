using Agent.Core.Inference.Scheduling;

namespace Agent.Core.Inference.Drafting;

/// <summary>
/// Decides how many foreseen tokens a step tries. A step of more rows costs more; it is worth it where so many of them are right that the
/// tokens come faster. Both are measured: the time of steps by their rows, and how often guesses were right.
/// </summary>
/// <remarks>Engine thread only.</remarks>
/// <param name="options">The policies.</param>
/// <param name="mostRows">Most rows of a step whose successors are wanted.</param>
/// <param name="stepSeconds">The time of a step by its rows; 0 where it is not known.</param>
/// <param name="ends">Whether a token ends the turn.</param>
internal sealed class DraftPlanner(SchedulerOptions options, int mostRows, Func<int, double> stepSeconds, Func<int, bool> ends)
{
    // A guess at a gain is no gain: what is measured varies by more than a few percent.
    private const double LeastGain = 1.1;

    /// <summary>Plans the step.</summary>
    /// <param name="tasks">All tasks that decode in it.</param>
    /// <returns>How many tokens each of them tries.</returns>
    public int Plan(ReadOnlySpan<GenerationTask> tasks)
    {
        if (options.DraftTokens == 0 || tasks.Length == 0 || tasks.Length > options.MostDraftingSequences)
        {
            return 0;
        }

        var most = Math.Min(options.DraftTokens, (mostRows / tasks.Length) - 1);
        var longest = 0;
        foreach (var task in tasks)
        {
            if (!task.AllowsDrafts)
            {
                return 0;
            }

            task.Draft ??= new TaskDraft(options.DraftTokens);
            task.Draft.Foresee(task.Tokens, task.Sampler.Foresee(task.Tokens, task.PromptLength), ends);
            longest = Math.Max(longest, task.Draft.Foreseen);
            most = Math.Min(most, task.MaxLength - task.Count - 1);
        }

        most = Math.Min(most, longest);

        var (best, gain) = (0, LeastGain);
        var alone = stepSeconds(tasks.Length);
        for (var count = 1; count <= most; count = (2 * count) + 1)
        {
            var tokens = (double)tasks.Length;
            foreach (var task in tasks)
            {
                tokens += task.Draft!.Expect(count);
            }

            // Of a step that was never seen nothing is known but that it takes no less; trying it tells.
            var slower = alone > 0 ? Math.Max(1, stepSeconds(tasks.Length * (count + 1)) / alone) : 1;
            var faster = tokens / tasks.Length / slower;
            if (faster > gain)
            {
                (best, gain) = (count, faster);
            }
        }

        foreach (var task in tasks)
        {
            task.Draft!.Try(best);
        }

        return best;
    }
}
