using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Reads the tables, views and columns that the role may read; partitions only as the table that they belong to.</summary>
internal static class PostgresCatalog
{
    private const string Tables =
        """
        SELECT c.oid::bigint, n.nspname, c.relname, quote_ident(c.relname), c.relkind IN ('v', 'm'), obj_description(c.oid, 'pg_class'), quote_ident(n.nspname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
        ORDER BY n.nspname <> 'public', c.oid
        """;

    private const string Columns =
        """
        SELECT a.attrelid::bigint, a.attname, quote_ident(a.attname), CASE t.typtype WHEN 'e' THEN 'enum' ELSE format_type(a.atttypid, a.atttypmod) END,
          col_description(a.attrelid, a.attnum), f.confrelid::bigint, quote_ident(target.attname)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        LEFT JOIN LATERAL (
          SELECT k.confrelid, k.confkey FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum] ORDER BY k.oid LIMIT 1) f ON true
        LEFT JOIN pg_catalog.pg_attribute target ON target.attrelid = f.confrelid AND target.attnum = f.confkey[1]
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
        ORDER BY a.attrelid, a.attnum
        """;

    internal static async Task<IReadOnlyList<SqlTable>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = new List<(long Id, SqlTable Table)>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var command = new NpgsqlCommand(Tables, connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var (schema, relation, spelling) = (reader.GetString(1), reader.GetString(2), reader.GetString(3));

                    // Of tables with one name, the first (that of public) has it; the others bear that of their schema too.
                    var isFirst = taken.Add(relation);
                    found.Add((reader.GetInt64(0), new SqlTable(isFirst ? relation : $"{schema}.{relation}", [], reader.GetBoolean(4) ? SqlTableKind.View : SqlTableKind.Table)
                    {
                        Schema = schema,
                        Relation = relation,
                        Spelling = isFirst ? spelling : $"{reader.GetString(6)}.{spelling}",
                        Comment = Text(reader, 5),
                    }));
                }
            }
        }

        var columns = await ReadColumnsAsync(connection, found.ToDictionary(item => item.Id, item => item.Table.Spelling), cancellationToken).ConfigureAwait(false);
        return [.. found.Where(item => columns.Contains(item.Id)).Select(item => item.Table with { Columns = [.. columns[item.Id]] })];
    }

    private static async Task<ILookup<long, SqlColumn>> ReadColumnsAsync(NpgsqlConnection connection, Dictionary<long, string> tables, CancellationToken cancellationToken)
    {
        var columns = new List<(long Table, SqlColumn Column)>();
        var command = new NpgsqlCommand(Columns, connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var target = !reader.IsDBNull(5) && !reader.IsDBNull(6) && tables.TryGetValue(reader.GetInt64(5), out var table) ? $"{table}.{reader.GetString(6)}" : null;
                    columns.Add((reader.GetInt64(0), new SqlColumn(reader.GetString(1), Short(reader.GetString(3)), target) { Spelling = reader.GetString(2), Comment = Text(reader, 4) }));
                }
            }
        }

        return columns.ToLookup(item => item.Table, item => item.Column);
    }

    private static string? Text(NpgsqlDataReader reader, int index) => reader.IsDBNull(index) || string.IsNullOrWhiteSpace(reader.GetString(index)) ? null : reader.GetString(index);

    private static string Short(string type) => type
        .Replace("character varying", "varchar", StringComparison.Ordinal)
        .Replace("timestamp without time zone", "timestamp", StringComparison.Ordinal)
        .Replace("timestamp with time zone", "timestamptz", StringComparison.Ordinal)
        .Replace("time without time zone", "time", StringComparison.Ordinal);
}
