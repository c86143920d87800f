using System.Globalization;
using System.Text;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Benchmarks.Reports;

/// <summary>Results for people.</summary>
internal static class BenchmarkText
{
    private const double Mebi = 1 << 20;
    private static readonly string[] Columns =
    [
        "load", "on", "tok/s", "decode tok/s", "prompt tok/s", "tok/s a request", "first token ms p50", "p99", "gap ms p50", "p99", "computed", "cached", "step ms", "overhead %", "GPU MiB", "wall s", "runs", "failed",
    ];

    /// <summary>Writes tables and totals to standard output, errors and doubts to standard error.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="report">The results.</param>
    /// <param name="plain">Whether the tables go to a file or pipe.</param>
    public static void Write(ConsoleTerminal terminal, BenchmarkReport report, bool plain)
    {
        WriteNotices(terminal, report);
        terminal.Out.Write(Results(report, plain));
        if (report.Results.Any(result => result.Load.HasNewcomer && result.Median is not null))
        {
            terminal.WriteAnswer("\n");
            terminal.Out.Write(Newcomers(report, plain));
        }

        if (report.Ratios.Count > 0)
        {
            terminal.WriteAnswer("\nprocess : server\n");
            terminal.Out.Write(Ratios(report, plain));
        }

        terminal.WriteAnswer(Summarise(report));
    }

    /// <summary>Writes errors and doubts to standard error.</summary>
    public static void WriteNotices(ConsoleTerminal terminal, BenchmarkReport report)
    {
        foreach (var result in report.Results)
        {
            foreach (var (kind, (count, message)) in result.Runs.SelectMany(run => run.Errors).GroupBy(error => error.Key, error => error.Value).Select(group => (group.Key, (group.Sum(error => error.Count), group.First().Message))))
            {
                terminal.WriteNotice(string.Create(CultureInfo.InvariantCulture, $"error: {result.Load.Name} on {result.Target}: {count} failed ({kind}): {message}"), new Style(Color.Red));
            }

            if (result.Runs.Sum(run => run.ShortAnswers) is > 0 and var shorter)
            {
                terminal.WriteNotice(string.Create(
                    CultureInfo.InvariantCulture,
                    $"warning: {result.Load.Name} on {result.Target}: {shorter} answers ended early, so the loads differ: the server ignores ignore_eos and min_tokens, or its context is short."));
            }

            if (result.Load.HasNewcomer && result.Median is { GapsDuring: null, Failed: 0 })
            {
                terminal.WriteNotice($"warning: {result.Load.Name} on {result.Target}: no decoder was at work while the prompt was computed. Raise --tokens.");
            }
        }
    }

    private static Table Results(BenchmarkReport report, bool plain)
    {
        var table = NewTable(plain, Columns);
        foreach (var result in report.Results)
        {
            if (result.Median is { } median)
            {
                table.AddRow(
                    result.Load.Name,
                    result.Target,
                    Rate(median.TokensPerSecond),
                    Rate(median.DecodeTokensPerSecond),
                    Rate(median.PromptTokensPerSecond),
                    Rate(median.RequestTokensPerSecond),
                    Milliseconds(median.FirstToken?.Median),
                    Milliseconds(median.FirstToken?.P99),
                    Milliseconds(median.Gaps?.Median),
                    Milliseconds(median.Gaps?.P99),
                    Count(median.ComputedTokens),
                    Count(median.CachedTokens),
                    Milliseconds(median.Steps?.Times.Total.TotalMilliseconds / median.Steps?.Steps),
                    Milliseconds(median.Steps?.Times.Overhead * 100),
                    Rate(result.GpuMemory / Mebi),
                    median.Wall.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),
                    string.Create(CultureInfo.InvariantCulture, $"{result.Runs.Count}/{result.RunsPlanned}"),
                    Count(result.Failed));
            }
        }

        return table;
    }

    private static Table Newcomers(BenchmarkReport report, bool plain)
    {
        var table = NewTable(plain, ["decoders' gaps", "on", "all ms p50", "p99", "p99/p50", "before ms p50", "p99", "during ms p50", "p99", "most", "p99/p50"]);
        foreach (var result in report.Results.Where(result => result.Load.HasNewcomer && result.Median is not null))
        {
            var (all, before, during) = (result.Median!.Gaps, result.Median.GapsBefore, result.Median.GapsDuring);
            table.AddRow(
                result.Load.Name,
                result.Target,
                Milliseconds(all?.Median),
                Milliseconds(all?.P99),
                Ratio(all?.Ratio),
                Milliseconds(before?.Median),
                Milliseconds(before?.P99),
                Milliseconds(during?.Median),
                Milliseconds(during?.P99),
                Milliseconds(during?.Greatest),
                Ratio(during?.Ratio));
        }

        return table;
    }

    private static Table Ratios(BenchmarkReport report, bool plain)
    {
        var table = NewTable(plain, ["load", "tok/s", "decode tok/s", "prompt tok/s", "tok/s a request", "first token p50", "p99", "gap p50", "p99"]);
        foreach (var ratio in report.Ratios)
        {
            table.AddRow(
                ratio.Load,
                Ratio(ratio.TokensPerSecond),
                Ratio(ratio.DecodeTokensPerSecond),
                Ratio(ratio.PromptTokensPerSecond),
                Ratio(ratio.RequestTokensPerSecond),
                Ratio(ratio.FirstTokenMedian),
                Ratio(ratio.FirstTokenP99),
                Ratio(ratio.GapMedian),
                Ratio(ratio.GapP99));
        }

        return table;
    }

    private static string Summarise(BenchmarkReport report)
    {
        var text = new StringBuilder("\n");
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"model {report.Model}{(report.Backend is { } backend ? $" on {backend}, loaded in {report.LoadTime?.TotalSeconds:0.0} s" : string.Empty)}");
        text.Append(report.Server is { } server ? string.Create(culture, $", server {server} with {report.ServerModel}\n") : "\n");
        text.Append(culture, $"{report.Sampling}, seed {report.Seed}; the run of median duration of {report.Runs}, after one that does not count\n");
        return TerminalText.Clean(text.ToString());
    }

    private static Table NewTable(bool plain, string[] columns)
    {
        var table = new Table().Border(plain ? TableBorder.None : TableBorder.Rounded);
        for (var i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(columns[i]);
            table.AddColumn(i < 2 && columns[1] == "on" || i == 0 ? column : column.RightAligned());
        }

        return table;
    }

    private static string Rate(double? value) => value is { } number ? number.ToString(number < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture) : "-";

    private static string Milliseconds(double? value) => value is { } number ? number.ToString(number < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture) : "-";

    private static string Ratio(double? value) => value is { } number ? number.ToString("0.00", CultureInfo.InvariantCulture) : "-";

    private static string Count(long? value) => value is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "-";
}
