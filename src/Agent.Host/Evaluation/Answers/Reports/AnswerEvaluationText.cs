using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Evaluation.Reports;

namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>What <c>agent eval answers</c> shows people beside what every evaluation does.</summary>
internal sealed class AnswerEvaluationText : EvaluationText<AnswerCaseResult>
{
    protected override IReadOnlyList<string> Columns { get; } = ["right", "precision", "recall", "contains", "refused", "wrongly"];

    protected override IReadOnlyList<decimal?> Shares(IReadOnlyCollection<AnswerCaseResult> results)
    {
        var count = new AnswerCount(results);
        return [count.Right, count.Precision, count.Recall, count.Contains, count.RightRefusals, count.WrongRefusals];
    }

    protected override IEnumerable<(string Name, string Text)> Explain(AnswerCaseResult result) =>
    [
        ("question", Line(result.Case.Question)),
        ("expected", Line(Expected(result.Case))),
        ("got", Line(result.Answer ?? $"error: {result.Error}")),
    ];

    private static string Expected(AnswerCase of)
    {
        if (of.Refuse)
        {
            return "that the passages do not tell";
        }

        var cites = string.Concat(of.Cites.Select(group => $"[{string.Join('|', group)}]"));
        return of.Contains.Count == 0 ? cites : $"{cites} and {string.Join(", ", of.Contains.Select(group => string.Join('|', group)))}";
    }
}
