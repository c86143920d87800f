namespace Agent.Tools.Sql;

/// <summary>A table or view of a database.</summary>
/// <param name="Name">Its name as the database spells it.</param>
/// <param name="Columns">The columns in their own order.</param>
/// <param name="Kind">What it is.</param>
internal sealed record SqlTable(string Name, IReadOnlyList<SqlColumn> Columns, SqlTableKind Kind);
