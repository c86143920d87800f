using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Host.Evaluation.Reports;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;

namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>What <c>agent eval tools</c> shows people beside what every evaluation does.</summary>
internal sealed class ToolEvaluationText : EvaluationText<ToolCaseResult>
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override IReadOnlyList<string> Columns { get; } = ["decision", "exact"];

    protected override IReadOnlyList<decimal?> Shares(IReadOnlyCollection<ToolCaseResult> results)
    {
        var count = ScoreCount.Of(results);
        return [count.DecisionPercent, count.ExactPercent];
    }

    protected override string Settings(EvaluationReport<ToolCaseResult> report) =>
        $"call threshold {(report.CallThreshold is { } threshold ? threshold.ToString(CultureInfo.InvariantCulture) : "none")}, ";

    protected override string Speed(EvaluationReport<ToolCaseResult> report) =>
        report.TokensPerSecond is { } speed ? string.Create(CultureInfo.InvariantCulture, $" ({speed:0.0} tokens/s)") : string.Empty;

    protected override string Faults(EvaluationReport<ToolCaseResult> report) => $"malformed calls {ScoreCount.Of(report.Results).MalformedCalls}, ";

    protected override string Remark(ToolCaseResult result) => result.Score.Decision ? string.Empty : ", wrong decision";

    protected override IEnumerable<(string Name, string Text)> Explain(ToolCaseResult result) => [("expected", Expected(result.Case)), ("got", Got(result))];

    private static string Expected(ToolCase of) => of.Calls.Count == 0
        ? $"no call{(of.Why is { } why ? $" ({why})" : string.Empty)}"
        : Line(string.Join("; ", of.Calls.Select(Describe)));

    private static string Describe(ExpectedCall call)
    {
        var alternatives = call.Alternatives.Count > 0 ? $" or {JsonSerializer.Serialize(call.Alternatives, Relaxed)}" : string.Empty;
        return $"{call.Name} {JsonSerializer.Serialize(call.Arguments, Relaxed)}{alternatives}";
    }

    private static string Got(ToolCaseResult result) => Line(
        result.Turn switch
        {
            null => $"error: {result.Error}",
            { Calls: [] } turn => $"no call: {turn.RawText}",
            { Calls: var calls } => string.Join("; ", calls.Select(call => call.Arguments is null ? $"malformed {call.RawText}" : $"{call.Name} {JsonSerializer.Serialize(call.Arguments, Relaxed)}")),
        });
}
