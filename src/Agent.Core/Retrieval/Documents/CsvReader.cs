namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// Comma-separated and similar files: each row becomes a record of lines <c>name: value</c>. The delimiter is found in the first line.
/// Broken quoting is read as text and reported.
/// </summary>
public sealed class CsvReader : IDocumentReader
{
    private const int MaxColumns = 10_000;

    /// <inheritdoc/>
    public string Format => "CSV";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".csv", ".tsv"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["text/csv", "text/tab-separated-values", "application/csv"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var builder = new DocumentBuilder(content, cancellationToken);
        var rows = new CsvRows(content.DecodeText());
        var table = builder.BeginTable();
        List<string> names = [];
        List<string> row = [];
        List<string> fields = [];
        var first = true;
        while (rows.TryRead(row))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Count > MaxColumns)
            {
                throw new DocumentException(content.Name, $"Row {rows.Number:N0} has more than {MaxColumns:N0} columns", "Check the delimiter and the line ends of the file.");
            }

            if (first)
            {
                first = false;
                var named = IsHeader(row);
                names = [.. row.Select((name, i) => named ? SingleLine.Of(name) : $"column {i + 1}")];
                if (named)
                {
                    continue;
                }
            }

            fields.Clear();
            for (var i = 0; i < row.Count; i++)
            {
                if (!string.IsNullOrWhiteSpace(row[i]))
                {
                    fields.Add($"{(i < names.Count ? names[i] : $"column {i + 1}")}: {row[i].Trim()}");
                }
            }

            builder.AddRecord(table, fields);
        }

        foreach (var warning in rows.Warnings)
        {
            builder.Warn(warning);
        }

        return builder.Build();
    }

    /// <summary>Names are there, differ, and are no numbers; data seldom is all of that.</summary>
    private static bool IsHeader(List<string> row) =>
        row.TrueForAll(cell => !string.IsNullOrWhiteSpace(cell) && !double.TryParse(cell, out _))
        && row.Select(cell => cell.Trim()).Distinct(StringComparer.Ordinal).Count() == row.Count;
}
