namespace Agent.Tools.Sql.Postgres;

/// <summary>Names as identifiers of PostgreSQL.</summary>
internal static class PostgresNames
{
    internal static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A query for the allowed columns of a table, by its place in the database.</summary>
    internal static string Select(SqlTable table, string alias) =>
        $"SELECT {string.Join(", ", table.Columns.Select(column => Quote(column.Name)))} FROM {Quote(table.Schema)}.{Quote(table.Relation)} AS {Quote(alias)}";
}
