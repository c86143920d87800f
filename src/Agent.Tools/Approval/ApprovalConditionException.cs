namespace Agent.Tools.Approval;

/// <summary>A text is no condition.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="offset">Where, in characters from the beginning of the text.</param>
public sealed class ApprovalConditionException(string problem, int offset) : FormatException($"The condition is not valid at character {offset + 1}: {problem}.")
{
    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;

    /// <summary>Where, in characters from the beginning of the text.</summary>
    public int Offset { get; } = offset;
}
