using System.Globalization;
using System.Text;
using Agent.Tools.Safety;

namespace Agent.Tools.Sql;

/// <summary>Tells a model the tables that it may ask, in as few words as small models read well.</summary>
internal static class SchemaDescription
{
    private const int LongestSample = 24;
    private const int LongestComment = 60;

    internal static async Task<string> WriteAsync(ISqlEngine engine, SqlAccess access, SqlOptions options, SqlRunner runner, CancellationToken cancellationToken)
    {
        var text = new StringBuilder($"Runs one {engine.Dialect} SELECT (read only). Tables:");
        var hasDates = false;
        foreach (var table in access.Tables)
        {
            text.Append('\n').Append(SingleLine.Of(table.Spelling)).Append('(');
            var separator = string.Empty;
            foreach (var column in table.Columns)
            {
                text.Append(separator).Append(SingleLine.Of(column.Spelling));
                if (column.Type.Length > 0)
                {
                    text.Append(' ').Append(column.Type);
                }

                if (column.References is { } target)
                {
                    text.Append(" -> ").Append(target);
                }

                var samples = IsText(column) && options.Samples > 0 ? await runner.SamplesAsync(table, column, options.Samples, cancellationToken).ConfigureAwait(false) : [];
                var isDate = samples.Count > 0 && samples.All(IsDate);
                hasDates |= isDate;
                AppendSamples(text, isDate ? [.. samples.Take(1)] : samples);
                if (column.Comment is { } meaning)
                {
                    text.Append(" /* ").Append(Short(meaning).Replace("*/", "* /", StringComparison.Ordinal)).Append(" */");
                }

                separator = ", ";
            }

            text.Append(')');
            if (table.Comment is { } comment)
            {
                text.Append(" -- ").Append(Short(comment));
            }
        }

        if (hasDates)
        {
            text.Append('\n').Append(engine.DateHint);
        }

        return text.ToString();
    }

    private static bool IsText(SqlColumn column) =>
        column.References is null
        && (column.Type.Length == 0
            || column.Type.Contains("char", StringComparison.Ordinal)
            || column.Type.Contains("text", StringComparison.Ordinal)
            || column.Type.Contains("clob", StringComparison.Ordinal)
            || column.Type.Contains("date", StringComparison.Ordinal)
            || column.Type.Contains("timestamp", StringComparison.Ordinal)
            || column.Type == "enum");

    private static bool IsDate(string value) =>
        value.Length >= 10 && DateOnly.TryParseExact(value.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string Short(string comment) => TextCut.Head(SingleLine.Of(comment.Trim()), LongestComment);

    private static void AppendSamples(StringBuilder text, IReadOnlyList<string> samples)
    {
        // The values are data of strangers: one short line each, in quotes that they cannot close.
        for (var index = 0; index < samples.Count; index++)
        {
            // Cut first: a cut through a doubled quote would close them.
            var value = SingleLine.Of(samples[index]);
            var shown = value[..TextCut.Border(value, LongestSample)].Replace("'", "''", StringComparison.Ordinal);
            text.Append(index == 0 ? " e.g. '" : " '").Append(shown).Append(value.Length > LongestSample ? $"{TextCut.Mark}'" : "'");
        }
    }
}
