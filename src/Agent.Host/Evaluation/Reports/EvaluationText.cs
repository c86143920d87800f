using System.Globalization;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Evaluation.Reports;

/// <summary>Results for people.</summary>
internal abstract class EvaluationText<TResult>
    where TResult : CaseResult
{
    private const int LongestShown = 400;
    private const string All = "all";

    /// <summary>Writes table, totals and wrong cases to standard output.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="report">The results.</param>
    /// <param name="plain">Whether the table goes to a file or pipe.</param>
    /// <param name="showWrong">Most wrong cases to list.</param>
    public void Write(ConsoleTerminal terminal, EvaluationReport<TResult> report, bool plain, int showWrong)
    {
        terminal.Out.Write(ToTable(report, plain));
        terminal.WriteAnswer(Summarise(report));
        foreach (var wrong in report.Results.Where(result => !result.IsRight).Take(showWrong))
        {
            var lines = Explain(wrong).Select(line => $"  {line.Name,-8}  {line.Text}\n");
            terminal.WriteAnswer($"\n{wrong.Asked.Id} ({wrong.Asked.Category}, {wrong.Asked.Language}{Remark(wrong)})\n{string.Concat(lines)}");
        }
    }

    /// <summary>Writes the errors to standard error, grouped: a server that is down says the same for every case.</summary>
    public static void WriteErrors(ConsoleTerminal terminal, EvaluationReport<TResult> report)
    {
        foreach (var group in report.Results.Where(result => result.Error is not null).GroupBy(result => result.Error!, StringComparer.Ordinal))
        {
            terminal.WriteNotice($"error: {Line(string.Join(", ", group.Select(result => result.Asked.Id)))}: {group.Key}", new Style(Color.Red));
        }
    }

    /// <summary>The headings of the columns after the number of cases.</summary>
    protected abstract IReadOnlyList<string> Columns { get; }

    /// <summary>What stands below <see cref="Columns"/> for some results, in percent; null where there is nothing to divide by.</summary>
    protected abstract IReadOnlyList<decimal?> Shares(IReadOnlyCollection<TResult> results);

    /// <summary>What was set for the run beside what every run has, each with a comma after it.</summary>
    protected virtual string Settings(EvaluationReport<TResult> report) => string.Empty;

    /// <summary>How fast the answers came, in brackets after a space.</summary>
    protected virtual string Speed(EvaluationReport<TResult> report) => string.Empty;

    /// <summary>What went wrong beside errors and cut answers, each with a comma after it.</summary>
    protected virtual string Faults(EvaluationReport<TResult> report) => string.Empty;

    /// <summary>What is to be said of a wrong case beside its category and language, each after a comma.</summary>
    protected virtual string Remark(TResult result) => string.Empty;

    /// <summary>Why a wrong case is wrong: what was expected, and what came.</summary>
    protected abstract IEnumerable<(string Name, string Text)> Explain(TResult result);

    /// <summary>A text on one line, cut where it is long.</summary>
    protected static string Line(string text) => TerminalText.OneLine(text, LongestShown);

    private Table ToTable(EvaluationReport<TResult> report, bool plain)
    {
        var table = new Table().Border(plain ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("category", "language");
        foreach (var name in Columns.Prepend("cases"))
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (category, language, results) in report.Groups())
        {
            table.AddRow(
            [
                Markup.Escape(TerminalText.Clean(category ?? All)),
                Markup.Escape(TerminalText.Clean(language ?? All)),
                results.Count.ToString(CultureInfo.InvariantCulture),
                .. Shares(results).Select(Percent),
            ]);
        }

        return table;
    }

    private string Summarise(EvaluationReport<TResult> report)
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Create(culture, $"\nmodel {report.Model}{(report.Server is { } server ? $" on {server}" : string.Empty)}, system message {report.System}, {Settings(report)}{report.Concurrency} at once\n")
            + string.Create(culture, $"{report.Results.Count}{(report.IsComplete ? string.Empty : $" of {report.Planned}")} cases in {report.Duration.TotalSeconds:0.0} s; {report.PromptTokens:N0} prompt tokens, {report.CompletionTokens:N0} answer tokens{Speed(report)}\n")
            + string.Create(culture, $"{Faults(report)}answers cut at {report.MaxOutputTokens} tokens {report.CutAnswers}, errors {report.Errors}\n");
    }

    private static string Percent(decimal? value) => value is { } share ? share.ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
