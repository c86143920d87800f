using System.Globalization;

namespace Agent.Tools.Sql.Results;

/// <summary>A result as a Markdown table.</summary>
internal static class MarkdownRows
{
    internal static string Write(SqlResult result, int maximumBytes)
    {
        var head = $"{Line(result.Columns.Select(Escape))}\n{Line(result.Columns.Select(_ => "---"))}";
        return RowsText.Join(result, maximumBytes, (head, string.Empty, string.Empty), row => $"\n{Line(row.Select(Cell))}");
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Cell(object? value) => value switch
    {
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => RowsText.Number(number),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        bool isTrue => isTrue ? "true" : "false",
        string text => Escape(text),
        _ => string.Empty,
    };

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
