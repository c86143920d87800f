using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>Results for people.</summary>
internal static class ToolEvaluationText
{
    private const int LongestShown = 400;
    private const string All = "all";
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes table, totals and wrong cases to standard output, and errors to standard error.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="report">The results.</param>
    /// <param name="plain">Whether the table goes to a file or pipe.</param>
    /// <param name="showWrong">Most wrong cases to list.</param>
    public static void Write(ConsoleTerminal terminal, ToolEvaluationReport report, bool plain, int showWrong)
    {
        terminal.Out.Write(ToTable(report, plain));
        terminal.WriteAnswer(Summarise(report));
        foreach (var wrong in report.Results.Where(result => !result.Score.Exact).Take(showWrong))
        {
            terminal.WriteAnswer($"\n{wrong.Case.Id} ({wrong.Case.Category}, {wrong.Case.Language}{(wrong.Score.Decision ? string.Empty : ", wrong decision")})\n  expected  {Expected(wrong.Case)}\n  got       {Got(wrong)}\n");
        }
    }

    /// <summary>Writes the errors, grouped: a server that is down says the same for every case.</summary>
    public static void WriteErrors(ConsoleTerminal terminal, ToolEvaluationReport report)
    {
        foreach (var group in report.Results.Where(result => result.Error is not null).GroupBy(result => result.Error!, StringComparer.Ordinal))
        {
            var ids = string.Join(", ", group.Select(result => result.Case.Id));
            terminal.WriteNotice($"error: {TerminalText.OneLine(ids, LongestShown)}: {group.Key}", new Style(Color.Red));
        }
    }

    private static Table ToTable(ToolEvaluationReport report, bool plain)
    {
        var table = new Table().Border(plain ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("category", "language");
        foreach (var name in (string[])["cases", "decision", "exact"])
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (category, language, count) in report.Rows())
        {
            table.AddRow(
                Markup.Escape(TerminalText.Clean(category ?? All)),
                Markup.Escape(TerminalText.Clean(language ?? All)),
                count.Cases.ToString(CultureInfo.InvariantCulture),
                Percent(count.DecisionPercent),
                Percent(count.ExactPercent));
        }

        return table;
    }

    private static string Summarise(ToolEvaluationReport report)
    {
        var text = new StringBuilder("\n");
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"model {report.Model}{(report.Server is { } server ? $" on {server}" : string.Empty)}, system message {report.System}, ");
        text.Append(culture, $"call threshold {(report.CallThreshold is { } threshold ? threshold.ToString(culture) : "none")}, {report.Concurrency} at once\n");
        text.Append(culture, $"{report.Results.Count}{(report.IsComplete ? string.Empty : $" of {report.Planned}")} cases in {report.Duration.TotalSeconds:0.0} s; {report.PromptTokens:N0} prompt tokens, {report.CompletionTokens:N0} answer tokens");
        text.Append(report.TokensPerSecond is { } speed ? string.Create(culture, $" ({speed:0.0} tokens/s)\n") : "\n");
        text.Append(culture, $"malformed calls {report.MalformedCalls}, answers cut at {report.MaxOutputTokens} tokens {report.CutAnswers}, errors {report.Errors}\n");
        return text.ToString();
    }

    private static string Percent(decimal value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Expected(ToolCase of) => of.Calls.Count == 0
        ? $"no call{(of.Why is { } why ? $" ({why})" : string.Empty)}"
        : TerminalText.OneLine(string.Join("; ", of.Calls.Select(Describe)), LongestShown);

    private static string Describe(ExpectedCall call)
    {
        var alternatives = call.Alternatives.Count > 0 ? $" or {JsonSerializer.Serialize(call.Alternatives, Relaxed)}" : string.Empty;
        return $"{call.Name} {JsonSerializer.Serialize(call.Arguments, Relaxed)}{alternatives}";
    }

    private static string Got(ToolCaseResult result) => TerminalText.OneLine(
        result.Turn switch
        {
            null => $"error: {result.Error}",
            { Calls: [] } turn => $"no call: {turn.RawText}",
            { Calls: var calls } => string.Join("; ", calls.Select(call => call.Arguments is null ? $"malformed {call.RawText}" : $"{call.Name} {JsonSerializer.Serialize(call.Arguments, Relaxed)}")),
        },
        LongestShown);
}
