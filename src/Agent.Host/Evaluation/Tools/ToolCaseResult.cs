using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;

namespace Agent.Host.Evaluation.Tools;

/// <summary>How one case went.</summary>
internal sealed record ToolCaseResult : CaseResult
{
    /// <summary>The case.</summary>
    public required ToolCase Case { get; init; }

    /// <summary>The answer; null where there was an error.</summary>
    public required ProducedTurn? Turn { get; init; }

    /// <summary>How right it is; an error is wrong in both.</summary>
    public required TurnScore Score { get; init; }

    public override EvaluationCase Asked => Case;

    public override bool IsRight => Score.Exact;
}
