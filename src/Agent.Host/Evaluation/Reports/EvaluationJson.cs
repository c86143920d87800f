using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Reports;

/// <summary>Results for programs: the summary of <c>--json</c>, and the same with every case for <c>--report</c>.</summary>
internal abstract class EvaluationJson<TResult>
    where TResult : CaseResult
{
    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Writes the fields of the summary.</summary>
    public void WriteSummary(Utf8JsonWriter json, EvaluationReport<TResult> report)
    {
        json.WriteString("suite"u8, report.Suite);
        json.WriteString("model"u8, report.Model);
        json.WriteString("server"u8, report.Server?.ToString());
        json.WriteString("system"u8, report.System);
        WriteSettings(json, report);
        json.WriteNumber("concurrency"u8, report.Concurrency);
        json.WriteNumber("max_output_tokens"u8, report.MaxOutputTokens);
        json.WriteBoolean("complete"u8, report.IsComplete);
        WriteCount(json, report.Results);
        json.WriteNumber("errors"u8, report.Errors);
        WriteFaults(json, report);
        json.WriteNumber("cut_answers"u8, report.CutAnswers);
        JsonLines.WriteMilliseconds(json, "duration_ms", report.Duration);
        json.WriteNumber("prompt_tokens"u8, report.PromptTokens);
        json.WriteNumber("completion_tokens"u8, report.CompletionTokens);
        WriteSpeed(json, report);
        json.WriteStartArray("groups"u8);
        foreach (var group in report.Groups())
        {
            json.WriteStartObject();
            json.WriteString("category"u8, group.Category);
            json.WriteString("language"u8, group.Language);
            WriteCount(json, group.Results);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The whole report as a file.</summary>
    public byte[] ToFile(EvaluationReport<TResult> report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Layout))
        {
            json.WriteStartObject();
            WriteSummary(json, report);
            json.WriteStartArray("results"u8);
            foreach (var result in report.Results)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, result.Asked.Id);
                json.WriteString("category"u8, result.Asked.Category);
                json.WriteString("language"u8, result.Asked.Language);
                WriteResult(json, result);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Writes what was set for the run beside what every run has.</summary>
    protected virtual void WriteSettings(Utf8JsonWriter json, EvaluationReport<TResult> report)
    {
    }

    /// <summary>Writes how right some results are, beginning with the number of cases.</summary>
    protected abstract void WriteCount(Utf8JsonWriter json, IReadOnlyCollection<TResult> results);

    /// <summary>Writes what went wrong beside errors.</summary>
    protected virtual void WriteFaults(Utf8JsonWriter json, EvaluationReport<TResult> report)
    {
    }

    /// <summary>Writes how fast the answers came.</summary>
    protected virtual void WriteSpeed(Utf8JsonWriter json, EvaluationReport<TResult> report)
    {
    }

    /// <summary>Writes a case's score, what it expected and got, and where it fits what <see cref="WriteOutcome"/> writes.</summary>
    protected abstract void WriteResult(Utf8JsonWriter json, TResult result);

    /// <summary>Writes how a case ended, and what it cost.</summary>
    protected static void WriteOutcome(Utf8JsonWriter json, TResult result)
    {
        json.WriteString("error"u8, result.Error);
        json.WriteString("finish_reason"u8, result.FinishReason?.Value);
        JsonLines.WriteMilliseconds(json, "duration_ms", result.Duration);
        json.WriteNumber("prompt_tokens"u8, result.PromptTokens);
        json.WriteNumber("completion_tokens"u8, result.CompletionTokens);
    }
}
