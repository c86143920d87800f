using System.Globalization;
using Agent.Host.Commands.Evaluations;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Reports;
using Agent.Host.Evaluation.Tools;
using Agent.Host.Evaluation.Tools.Reports;
using Agent.Host.Evaluation.Tools.Suites;

namespace Agent.Host.Commands;

/// <summary>One run of <c>agent eval tools</c>.</summary>
internal sealed class EvalToolsRun(CommandContext context, EvalToolsRequest request) : EvaluationRun<ToolCase, ToolCaseResult>(context, request.Shared)
{
    /// <summary>Several calls with long arguments.</summary>
    protected override int DefaultMaxOutputTokens => 1024;

    protected override IReadOnlyList<ScoreMark<ToolCaseResult>> Marks { get; } = [new("decision", result => result.Score.Decision), new("exact", result => result.Score.Exact)];

    protected override EvaluationText<ToolCaseResult> Text { get; } = new ToolEvaluationText();

    protected override EvaluationJson<ToolCaseResult> Json { get; } = new ToolEvaluationJson();

    protected override AgentSettings Configure(AgentSettings settings) =>
        request.CallThreshold is { } threshold ? settings with { Model = settings.Model with { CallThreshold = threshold } } : settings;

    protected override Task<IReadOnlyList<ToolCase>> ReadSuiteAsync(CancellationToken cancellationToken) =>
        ToolSuiteReader.ReadAsync(request.Shared.Suite, request.ToolSets, cancellationToken);

    protected override ICaseEvaluation<ToolCase, ToolCaseResult> CreateEvaluation(AgentSettings settings) =>
        new ToolEvaluation(SystemMessageOf(settings, () => AgentDefinitions.LoadPrompts(settings)));

    protected override string? Shortfall(EvaluationReport<ToolCaseResult> report)
    {
        var (decision, exact) = request.FailUnder ?? (0, 0);
        var total = ScoreCount.Of(report.Results);
        return total.DecisionPercent >= decision && total.ExactPercent >= exact
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"decision {total.DecisionPercent:0.0} % of {decision} %, exact {total.ExactPercent:0.0} % of {exact} %");
    }
}
