using Microsoft.Data.Sqlite;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Reads the tables and columns of a database; for the start only, on a connection that no statement of a model sees.</summary>
internal static class SqliteCatalog
{
    internal static IReadOnlyList<SqlTable> Read(SqliteConnection connection)
    {
        var tables = new List<SqlTable>();
        foreach (var (name, type, sql) in Tables(connection))
        {
            var kind = type == "view" ? SqlTableKind.View
                : sql.StartsWith("CREATE VIRTUAL", StringComparison.OrdinalIgnoreCase) ? SqlTableKind.Virtual
                : SqlTableKind.Table;
            tables.Add(new SqlTable(name, Columns(connection, name), kind) { Spelling = Spell(name) });
        }

        return tables;
    }

    private static string Spell(string name) => SqliteNames.NeedsQuotes(name) ? SqlIdentifier.Quote(name) : name;

    private static List<(string Name, string Type, string Sql)> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, type, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";
        using var reader = command.ExecuteReader();
        var tables = new List<(string, string, string)>();
        while (reader.Read())
        {
            tables.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return tables;
    }

    private static List<SqlColumn> Columns(SqliteConnection connection, string table)
    {
        var references = References(connection, table);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, lower(type) FROM pragma_table_xinfo(@table) WHERE hidden <> 1 ORDER BY cid";
        command.Parameters.AddWithValue("@table", table);
        using var reader = command.ExecuteReader();
        var columns = new List<SqlColumn>();
        while (reader.Read())
        {
            var name = reader.GetString(0);
            columns.Add(new SqlColumn(name, reader.IsDBNull(1) ? string.Empty : reader.GetString(1), references.GetValueOrDefault(name)) { Spelling = Spell(name) });
        }

        return columns;
    }

    private static Dictionary<string, string> References(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"from\", \"table\", coalesce(\"to\", 'rowid') FROM pragma_foreign_key_list(@table)";
        command.Parameters.AddWithValue("@table", table);
        using var reader = command.ExecuteReader();
        var references = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read())
        {
            references.TryAdd(reader.GetString(0), $"{reader.GetString(1)}.{reader.GetString(2)}");
        }

        return references;
    }
}
