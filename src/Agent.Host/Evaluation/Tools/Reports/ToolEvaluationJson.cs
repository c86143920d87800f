using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>Results for programs: the summary of <c>--json</c>, and the same with every case for <c>--report</c>.</summary>
internal static class ToolEvaluationJson
{
    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Writes the fields of the summary.</summary>
    public static void WriteSummary(Utf8JsonWriter json, ToolEvaluationReport report)
    {
        json.WriteString("suite"u8, report.Suite);
        json.WriteString("model"u8, report.Model);
        json.WriteString("server"u8, report.Server?.ToString());
        json.WriteString("system"u8, report.System);
        WriteOptional(json, "call_threshold", report.CallThreshold);
        json.WriteNumber("concurrency"u8, report.Concurrency);
        json.WriteNumber("max_output_tokens"u8, report.MaxOutputTokens);
        json.WriteBoolean("complete"u8, report.IsComplete);
        WriteCount(json, report.Total);
        json.WriteNumber("errors"u8, report.Errors);
        json.WriteNumber("malformed_calls"u8, report.MalformedCalls);
        json.WriteNumber("cut_answers"u8, report.CutAnswers);
        JsonLines.WriteMilliseconds(json, "duration_ms", report.Duration);
        json.WriteNumber("prompt_tokens"u8, report.PromptTokens);
        json.WriteNumber("completion_tokens"u8, report.CompletionTokens);
        JsonLines.WriteRate(json, "tokens_per_second", report.TokensPerSecond);
        json.WriteStartArray("groups"u8);
        foreach (var row in report.Rows())
        {
            json.WriteStartObject();
            json.WriteString("category"u8, row.Category);
            json.WriteString("language"u8, row.Language);
            WriteCount(json, row.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The whole report as a file.</summary>
    public static byte[] ToFile(ToolEvaluationReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Layout))
        {
            json.WriteStartObject();
            WriteSummary(json, report);
            json.WriteStartArray("results"u8);
            foreach (var result in report.Results)
            {
                Write(json, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ToolCaseResult result)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, result.Case.Id);
        json.WriteString("category"u8, result.Case.Category);
        json.WriteString("language"u8, result.Case.Language);
        json.WriteBoolean("decision"u8, result.Score.Decision);
        json.WriteBoolean("exact"u8, result.Score.Exact);
        json.WriteString("error"u8, result.Error);
        json.WriteString("finish_reason"u8, result.Turn?.FinishReason?.Value);
        JsonLines.WriteMilliseconds(json, "duration_ms", result.Duration);
        json.WriteNumber("prompt_tokens"u8, result.Turn?.PromptTokens ?? 0);
        json.WriteNumber("completion_tokens"u8, result.Turn?.CompletionTokens ?? 0);
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
        json.WriteEndObject();
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

    private static void WriteCount(Utf8JsonWriter json, ScoreCount count)
    {
        json.WriteNumber("cases"u8, count.Cases);
        json.WriteNumber("decision"u8, count.Decision);
        json.WriteNumber("exact"u8, count.Exact);
        json.WriteNumber("decision_percent"u8, Math.Round(count.DecisionPercent, 1));
        json.WriteNumber("exact_percent"u8, Math.Round(count.ExactPercent, 1));
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
