namespace Agent.Tools.Sql.Postgres;

/// <summary>Reads a table by its place in the database, whatever the search path finds under its name.</summary>
internal static class PostgresTable
{
    /// <summary>A query for the allowed columns.</summary>
    internal static string Select(SqlTable table, string alias)
    {
        var columns = string.Join(", ", table.Columns.Select(column => SqlIdentifier.Quote(column.Name)));
        return $"SELECT {columns} FROM {SqlIdentifier.Quote(table.Schema)}.{SqlIdentifier.Quote(table.Relation)} AS {SqlIdentifier.Quote(alias)}";
    }
}
