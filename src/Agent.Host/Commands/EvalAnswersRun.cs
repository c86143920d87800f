using System.Globalization;
using Agent.Host.Commands.Evaluations;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Answers;
using Agent.Host.Evaluation.Answers.Reports;
using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Reports;

namespace Agent.Host.Commands;

/// <summary>One run of <c>agent eval answers</c>.</summary>
internal sealed class EvalAnswersRun(CommandContext context, EvalAnswersRequest request) : EvaluationRun<AnswerCase, AnswerCaseResult>(context, request.Shared)
{
    protected override int DefaultMaxOutputTokens => 512;

    protected override IReadOnlyList<ScoreMark<AnswerCaseResult>> Marks { get; } = [new("right", result => result.Score.IsRight)];

    protected override EvaluationText<AnswerCaseResult> Text { get; } = new AnswerEvaluationText();

    protected override EvaluationJson<AnswerCaseResult> Json { get; } = new AnswerEvaluationJson();

    protected override Task<IReadOnlyList<AnswerCase>> ReadSuiteAsync(CancellationToken cancellationToken) => AnswerSuiteReader.ReadAsync(request.Shared.Suite, cancellationToken);

    protected override ICaseEvaluation<AnswerCase, AnswerCaseResult> CreateEvaluation(AgentSettings settings)
    {
        // Passages stand in a prompt of the product, whatever the system message is.
        var prompts = AgentDefinitions.LoadPrompts(settings);
        return new AnswerEvaluation(SystemMessageOf(settings, () => prompts), prompts);
    }

    protected override string? Shortfall(EvaluationReport<AnswerCaseResult> report) =>
        new AnswerCount(report.Results).Right is var right && right < request.FailUnder
            ? string.Create(CultureInfo.InvariantCulture, $"right {right:0.0} % of {request.FailUnder} %")
            : null;
}
