using System.Text.Json;
using Agent.Host.Evaluation.Reports;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>What <c>agent eval tools</c> writes for programs beside what every evaluation does.</summary>
internal sealed class ToolEvaluationJson : EvaluationJson<ToolCaseResult>
{
    protected override void WriteSettings(Utf8JsonWriter json, EvaluationReport<ToolCaseResult> report) => json.WriteNumberOrNull("call_threshold", report.CallThreshold);

    protected override void WriteCount(Utf8JsonWriter json, IReadOnlyCollection<ToolCaseResult> results)
    {
        var count = ScoreCount.Of(results);
        json.WriteNumber("cases"u8, count.Cases);
        json.WriteNumber("decision"u8, count.Decision);
        json.WriteNumber("exact"u8, count.Exact);
        json.WriteNumber("decision_percent"u8, Math.Round(count.DecisionPercent, 1));
        json.WriteNumber("exact_percent"u8, Math.Round(count.ExactPercent, 1));
    }

    protected override void WriteFaults(Utf8JsonWriter json, EvaluationReport<ToolCaseResult> report) =>
        json.WriteNumber("malformed_calls"u8, ScoreCount.Of(report.Results).MalformedCalls);

    protected override void WriteSpeed(Utf8JsonWriter json, EvaluationReport<ToolCaseResult> report) => JsonLines.WriteRate(json, "tokens_per_second", report.TokensPerSecond);

    protected override void WriteResult(Utf8JsonWriter json, ToolCaseResult result)
    {
        json.WriteBoolean("decision"u8, result.Score.Decision);
        json.WriteBoolean("exact"u8, result.Score.Exact);
        WriteOutcome(json, result);
        json.WriteStartArray("expected"u8);
        foreach (var call in result.Case.Calls)
        {
            Write(json, call);
        }

        json.WriteEndArray();
        json.WriteStartArray("got"u8);
        foreach (var call in result.Turn?.Calls ?? [])
        {
            Write(json, call);
        }

        json.WriteEndArray();
        json.WriteString("raw_text"u8, result.Turn?.RawText);
    }

    private static void Write(Utf8JsonWriter json, ExpectedCall call)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, call.Name);
        Write(json, "arguments", call.Arguments);
        json.WriteStartObject("alternatives"u8);
        foreach (var (name, values) in call.Alternatives)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                value.WriteTo(json);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ProducedCall call)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, call.Name);
        Write(json, "arguments", call.Arguments);
        json.WriteEndObject();
    }

    /// <summary>Arguments; null where they cannot be parsed.</summary>
    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, JsonElement>? arguments)
    {
        if (arguments is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var (argument, value) in arguments)
        {
            json.WritePropertyName(argument);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
