using System.Globalization;
using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>Results for people.</summary>
internal static class AnswerEvaluationText
{
    private const int LongestShown = 400;
    private const string All = "all";

    /// <summary>Writes table, totals and wrong cases to standard output.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="report">The results.</param>
    /// <param name="plain">Whether the table goes to a file or pipe.</param>
    /// <param name="showWrong">Most wrong cases to list.</param>
    public static void Write(ConsoleTerminal terminal, AnswerEvaluationReport report, bool plain, int showWrong)
    {
        terminal.Out.Write(ToTable(report, plain));
        var culture = CultureInfo.InvariantCulture;
        terminal.WriteAnswer(
            string.Create(culture, $"\nmodel {report.Model}{(report.Server is { } server ? $" on {server}" : string.Empty)}, system message {report.System}, {report.Concurrency} at once\n")
            + string.Create(culture, $"{report.Results.Count}{(report.IsComplete ? string.Empty : $" of {report.Planned}")} cases in {report.Duration.TotalSeconds:0.0} s; {report.PromptTokens:N0} prompt tokens, {report.CompletionTokens:N0} answer tokens\n")
            + string.Create(culture, $"answers cut at {report.MaxOutputTokens} tokens {report.CutAnswers}, errors {report.Errors}\n"));
        foreach (var wrong in report.Results.Where(result => !result.Score.IsRight).Take(showWrong))
        {
            terminal.WriteAnswer($"\n{wrong.Case.Id} ({wrong.Case.Category}, {wrong.Case.Language})\n  question  {Line(wrong.Case.Question)}\n  expected  {Line(Expected(wrong.Case))}\n  got       {Line(wrong.Answer ?? $"error: {wrong.Error}")}\n");
        }
    }

    /// <summary>Writes the errors to standard error, grouped: a server that is down says the same for every case.</summary>
    public static void WriteErrors(ConsoleTerminal terminal, AnswerEvaluationReport report)
    {
        foreach (var group in report.Results.Where(result => result.Error is not null).GroupBy(result => result.Error!, StringComparer.Ordinal))
        {
            terminal.WriteNotice($"error: {Line(string.Join(", ", group.Select(result => result.Case.Id)))}: {group.Key}", new Style(Color.Red));
        }
    }

    private static Table ToTable(AnswerEvaluationReport report, bool plain)
    {
        var table = new Table().Border(plain ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("category", "language");
        foreach (var name in (string[])["cases", "right", "precision", "recall", "contains", "refused", "wrongly"])
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (category, language, count) in report.Rows())
        {
            table.AddRow(
                Markup.Escape(TerminalText.Clean(category ?? All)),
                Markup.Escape(TerminalText.Clean(language ?? All)),
                count.Cases.ToString(CultureInfo.InvariantCulture),
                Percent(count.Right),
                Percent(count.Precision),
                Percent(count.Recall),
                Percent(count.Contains),
                Percent(count.RightRefusals),
                Percent(count.WrongRefusals));
        }

        return table;
    }

    private static string Percent(decimal? value) => value is { } share ? share.ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";

    private static string Expected(AnswerCase of)
    {
        if (of.Refuse)
        {
            return "that the passages do not tell";
        }

        var cites = string.Concat(of.Cites.Select(group => $"[{string.Join('|', group)}]"));
        return of.Contains.Count == 0 ? cites : $"{cites} and {string.Join(", ", of.Contains.Select(group => string.Join('|', group)))}";
    }

    private static string Line(string text) => TerminalText.OneLine(text, LongestShown);
}
