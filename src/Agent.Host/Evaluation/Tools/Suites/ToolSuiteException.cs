namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>A suite cannot be used. The message has one line for each problem.</summary>
internal sealed class ToolSuiteException(IReadOnlyList<ToolSuiteProblem> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>Every problem, in the order of the files; never empty.</summary>
    public IReadOnlyList<ToolSuiteProblem> Problems { get; } = problems;
}
