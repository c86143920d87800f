namespace Agent.Host.Evaluation.Suites;

/// <summary>A suite cannot be used. The message has one line for each problem.</summary>
/// <param name="problems">Every problem, in the order of the files.</param>
/// <param name="mostShown">The most problems in the message, which counts the others: a file of another format has one on every line.</param>
internal sealed class SuiteException(IReadOnlyList<SuiteProblem> problems, int mostShown = int.MaxValue) : Exception(Describe(problems, mostShown))
{
    /// <summary>Every problem, in the order of the files; never empty.</summary>
    public IReadOnlyList<SuiteProblem> Problems { get; } = problems;

    private static string Describe(IReadOnlyList<SuiteProblem> problems, int mostShown)
    {
        var shown = problems.Take(mostShown).Select(problem => problem.ToString());
        return string.Join('\n', problems.Count > mostShown ? shown.Append($"and {problems.Count - mostShown} more") : shown);
    }
}
