using System.Text.Json;
using Agent.Host.Evaluation.Reports;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>What <c>agent eval answers</c> writes for programs beside what every evaluation does.</summary>
internal sealed class AnswerEvaluationJson : EvaluationJson<AnswerCaseResult>
{
    protected override void WriteCount(Utf8JsonWriter json, IReadOnlyCollection<AnswerCaseResult> results)
    {
        var count = new AnswerCount(results);
        json.WriteNumber("cases"u8, count.Cases);
        json.WriteNumberOrNull("right_percent", count.Right, 1);
        json.WriteNumberOrNull("citation_precision_percent", count.Precision, 1);
        json.WriteNumberOrNull("citation_recall_percent", count.Recall, 1);
        json.WriteNumberOrNull("contains_percent", count.Contains, 1);
        json.WriteNumberOrNull("right_refusal_percent", count.RightRefusals, 1);
        json.WriteNumberOrNull("wrong_refusal_percent", count.WrongRefusals, 1);
    }

    protected override void WriteResult(Utf8JsonWriter json, AnswerCaseResult result)
    {
        json.WriteBoolean("right"u8, result.Score.IsRight);
        json.WriteBoolean("refused"u8, result.Score.IsRefusal);
        json.WriteBoolean("contains"u8, result.Score.Contains);
        json.WritePropertyName("cited"u8);
        JsonSerializer.Serialize(json, result.Score.Cited);
        json.WritePropertyName("expected"u8);
        JsonSerializer.Serialize(json, result.Case.Refuse ? null : result.Case.Cites);
        json.WriteString("answer"u8, result.Answer);
        WriteOutcome(json, result);
    }
}
