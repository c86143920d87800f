using Agent.Host.Evaluation.Reports;
using Agent.Host.Tests.Evaluation.Cases;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Reports;

/// <summary>The frame of a report, whatever was measured.</summary>
public sealed class EvaluationReportTests
{
    [Fact]
    public void Each_category_stands_with_its_languages_where_there_are_several_and_all_at_the_end()
    {
        var report = Report(Result("1", "y", "zh"), Result("2", "x", "en"), Result("3", "y", "en"), Result("4", "y", "zh"));

        Assert.Equal(
            [("y", "en", "3"), ("y", "zh", "1 4"), ("y", null, "1 3 4"), ("x", "en", "2"), (null, "en", "2 3"), (null, "zh", "1 4"), (null, null, "1 2 3 4")],
            report.Groups().Select(group => (group.Category, group.Language, Ids(group.Results))));
    }

    [Fact]
    public void All_of_one_language_stand_in_one_row() =>
        Assert.Equal([("x", "en"), (null, null)], Report(Result("1", "x", "en"), Result("2", "x", "en")).Groups().Select(group => (group.Category, group.Language)));

    [Fact]
    public void Totals_are_over_all_results()
    {
        var report = Report(
            Result("1", "x", "en") with { PromptTokens = 10, CompletionTokens = 3, FinishReason = ChatFinishReason.Length },
            Result("2", "x", "en") with { PromptTokens = 20, CompletionTokens = 5, FinishReason = ChatFinishReason.Stop },
            Result("3", "x", "en") with { Error = "no line" });

        Assert.Equal((30, 8, 1, 1, 4d, false), (report.PromptTokens, report.CompletionTokens, report.CutAnswers, report.Errors, report.TokensPerSecond, report.IsComplete));
        Assert.True((report with { Planned = 3 }).IsComplete);
        Assert.Null((report with { Duration = TimeSpan.Zero }).TokensPerSecond);
    }

    private static string Ids(IEnumerable<WordResult> results) => string.Join(' ', results.Select(result => result.Case.Id));

    private static WordResult Result(string id, string category, string language) => new(WordCase.Of(id, category, language), id);

    private static EvaluationReport<WordResult> Report(params WordResult[] results) => new()
    {
        Suite = "suite.jsonl",
        Model = "m",
        Server = null,
        CallThreshold = null,
        System = "none",
        Concurrency = 1,
        MaxOutputTokens = 64,
        Planned = 9,
        Duration = TimeSpan.FromSeconds(2),
        Results = results,
    };
}
