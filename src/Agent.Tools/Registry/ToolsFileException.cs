namespace Agent.Tools.Registry;

/// <summary>A tools file cannot be used. The message has one line for each problem.</summary>
public sealed class ToolsFileException : Exception
{
    internal ToolsFileException(IReadOnlyList<ToolProblem> problems)
        : base(string.Join('\n', problems)) => Problems = problems;

    /// <summary>Every problem, by file and place; never empty.</summary>
    public IReadOnlyList<ToolProblem> Problems { get; }
}
