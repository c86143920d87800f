using System.Collections.Frozen;

namespace Agent.Tools.Sql;

/// <summary>The tables and columns that statements may read; everything else does not exist for them. Immutable.</summary>
internal sealed class SqlAccess
{
    private readonly FrozenDictionary<string, FrozenSet<string>> _columns;

    /// <summary>Allows exactly the columns that the tables have here.</summary>
    /// <param name="tables">What may be read; columns that are left out are hidden.</param>
    /// <param name="catalog">Everything that the database has.</param>
    /// <param name="names">How names are compared.</param>
    internal SqlAccess(IReadOnlyList<SqlTable> tables, IReadOnlyList<SqlTable> catalog, StringComparer names)
    {
        Tables = tables;
        var sizes = catalog.ToDictionary(table => table.Name, table => table.Columns.Count, names);
        HidesColumns = tables.Any(table => table.Columns.Count < sizes[table.Name]);
        _columns = tables.ToFrozenDictionary(
            table => table.Name,
            table => table.Columns.Select(column => column.Name).ToFrozenSet(names),
            names);
    }

    internal IReadOnlyList<SqlTable> Tables { get; }

    /// <summary>Whether any of the tables has columns that may not be read.</summary>
    internal bool HidesColumns { get; }

    /// <summary>Whether a column may be read.</summary>
    internal bool Allows(string table, string column) => _columns.TryGetValue(table, out var columns) && columns.Contains(column);

    /// <summary>Whether the rows of a table may be counted.</summary>
    internal bool Allows(string table) => _columns.ContainsKey(table);
}
