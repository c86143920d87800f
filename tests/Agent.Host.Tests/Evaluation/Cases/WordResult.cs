using Agent.Host.Evaluation.Cases;

namespace Agent.Host.Tests.Evaluation.Cases;

/// <summary>What a <see cref="WordCase"/> was answered; its own id is right.</summary>
internal sealed record WordResult(WordCase Case, string? Answer) : CaseResult
{
    public override EvaluationCase Asked => Case;

    public override bool IsRight => Answer == Case.Id;
}
