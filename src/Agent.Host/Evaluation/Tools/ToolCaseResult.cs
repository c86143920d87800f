using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;

namespace Agent.Host.Evaluation.Tools;

/// <summary>How one case went.</summary>
internal sealed record ToolCaseResult
{
    /// <summary>The case.</summary>
    public required ToolCase Case { get; init; }

    /// <summary>The answer; null where there was an error.</summary>
    public required ProducedTurn? Turn { get; init; }

    /// <summary>The error; null where there was an answer.</summary>
    public required string? Error { get; init; }

    /// <summary>How right it is; an error is wrong in both.</summary>
    public required TurnScore Score { get; init; }

    /// <summary>From the request to the end of the answer.</summary>
    public required TimeSpan Duration { get; init; }
}
