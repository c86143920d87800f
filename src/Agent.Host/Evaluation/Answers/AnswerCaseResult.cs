using Agent.Host.Evaluation.Answers.Scoring;
using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Evaluation.Cases;

namespace Agent.Host.Evaluation.Answers;

/// <summary>How one case went.</summary>
internal sealed record AnswerCaseResult : CaseResult
{
    /// <summary>The case.</summary>
    public required AnswerCase Case { get; init; }

    /// <summary>The answer; null where there was an error.</summary>
    public required string? Answer { get; init; }

    /// <summary>How right it is; an error is wrong in everything.</summary>
    public required AnswerScore Score { get; init; }

    public override EvaluationCase Asked => Case;

    public override bool IsRight => Score.IsRight;
}
