using System.Globalization;
using Agent.Tools.Sql.Results;
using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Reads rows as they come, and of long values only their beginning.</summary>
internal static class PostgresRows
{
    // One more than a cell shows, so that the cut is told.
    private const int LongestText = 2_001;

    internal static async Task<SqlResult> ReadAsync(NpgsqlDataReader reader, SqlRequest request, CancellationToken cancellationToken)
    {
        if (reader.FieldCount == 0)
        {
            throw new SqlEngineException(SqlFailure.Statement, "the statement selects no columns");
        }

        ResultColumns.Check(reader.FieldCount);
        var rows = new ResultRows(ResultColumns.Unique(Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)), request);
        var types = Enumerable.Range(0, reader.FieldCount).Select(index => TypeName(reader, index)).ToList();
        var buffer = new char[LongestText];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (rows.IsComplete)
            {
                return rows.End(hasMore: true);
            }

            var row = new object?[types.Count];
            for (var index = 0; index < row.Length; index++)
            {
                row[index] = await reader.IsDBNullAsync(index, cancellationToken).ConfigureAwait(false)
                    ? null
                    : Cell(await TextAsync(reader, index, buffer, cancellationToken).ConfigureAwait(false), types[index]);
            }

            if (!rows.Add(row))
            {
                return rows.End(hasMore: true);
            }
        }

        return rows.End(hasMore: false);
    }

    private static async Task<string> TextAsync(NpgsqlDataReader reader, int index, char[] buffer, CancellationToken cancellationToken)
    {
        using var text = await reader.GetTextReaderAsync(index, cancellationToken).ConfigureAwait(false);
        var length = await text.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        return new string(buffer, 0, length);
    }

    private static string TypeName(NpgsqlDataReader reader, int index)
    {
        var name = reader.GetDataTypeName(index);
        var length = name.IndexOf('(', StringComparison.Ordinal);
        return length < 0 ? name : name[..length];
    }

    private static object Cell(string text, string type) => type switch
    {
        "smallint" or "integer" or "bigint" or "oid" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        "real" or "double precision" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,

        // What a reader of JSON cannot keep to the last digit stays a text.
        "numeric" when text.Length <= 16 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact) => exact,
        "boolean" => text == "t",
        "bytea" => text.Length < LongestText ? $"<{(text.Length - 2) / 2} bytes>" : "<bytes>",
        _ => RowsText.Cell(text),
    };
}
