namespace Agent.Host.Evaluation.Suites;

/// <summary>A suite cannot be used. The message has one line for each problem.</summary>
internal sealed class SuiteException(IReadOnlyList<SuiteProblem> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>Every problem, in the order of the files; never empty.</summary>
    public IReadOnlyList<SuiteProblem> Problems { get; } = problems;
}
