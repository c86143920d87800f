using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>Results for programs: the summary of <c>--json</c>, and the same with every case for <c>--report</c>.</summary>
internal static class AnswerEvaluationJson
{
    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Writes the fields of the summary.</summary>
    public static void WriteSummary(Utf8JsonWriter json, AnswerEvaluationReport report)
    {
        json.WriteString("suite"u8, report.Suite);
        json.WriteString("model"u8, report.Model);
        json.WriteString("server"u8, report.Server?.ToString());
        json.WriteString("system"u8, report.System);
        json.WriteNumber("concurrency"u8, report.Concurrency);
        json.WriteNumber("max_output_tokens"u8, report.MaxOutputTokens);
        json.WriteBoolean("complete"u8, report.IsComplete);
        WriteCount(json, report.Total);
        json.WriteNumber("errors"u8, report.Errors);
        json.WriteNumber("cut_answers"u8, report.CutAnswers);
        JsonLines.WriteMilliseconds(json, "duration_ms", report.Duration);
        json.WriteNumber("prompt_tokens"u8, report.PromptTokens);
        json.WriteNumber("completion_tokens"u8, report.CompletionTokens);
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
    public static byte[] ToFile(AnswerEvaluationReport report)
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

    private static void WriteCount(Utf8JsonWriter json, AnswerCount count)
    {
        json.WriteNumber("cases"u8, count.Cases);
        WritePercent(json, "right_percent", count.Right);
        WritePercent(json, "citation_precision_percent", count.Precision);
        WritePercent(json, "citation_recall_percent", count.Recall);
        WritePercent(json, "contains_percent", count.Contains);
        WritePercent(json, "right_refusal_percent", count.RightRefusals);
        WritePercent(json, "wrong_refusal_percent", count.WrongRefusals);
    }

    private static void WritePercent(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } share)
        {
            json.WriteNumber(name, Math.Round(share, 1));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, AnswerCaseResult result)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, result.Case.Id);
        json.WriteString("category"u8, result.Case.Category);
        json.WriteString("language"u8, result.Case.Language);
        json.WriteBoolean("right"u8, result.Score.IsRight);
        json.WriteBoolean("refused"u8, result.Score.IsRefusal);
        json.WriteBoolean("contains"u8, result.Score.Contains);
        json.WriteStartArray("cited"u8);
        foreach (var number in result.Score.Cited)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
        json.WritePropertyName("expected"u8);
        if (result.Case.Refuse)
        {
            json.WriteNullValue();
        }
        else
        {
            JsonSerializer.Serialize(json, result.Case.Cites);
        }

        json.WriteString("answer"u8, result.Answer);
        json.WriteString("error"u8, result.Error);
        json.WriteString("finish_reason"u8, result.FinishReason?.Value);
        JsonLines.WriteMilliseconds(json, "duration_ms", result.Duration);
        json.WriteNumber("prompt_tokens"u8, result.PromptTokens);
        json.WriteNumber("completion_tokens"u8, result.CompletionTokens);
        json.WriteEndObject();
    }
}
