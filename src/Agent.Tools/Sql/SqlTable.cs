namespace Agent.Tools.Sql;

/// <summary>A table or view of a database.</summary>
/// <param name="Name">The name by which statements know it, as the database spells it.</param>
/// <param name="Columns">The columns in their own order.</param>
/// <param name="Kind">What it is.</param>
internal sealed record SqlTable(string Name, IReadOnlyList<SqlColumn> Columns, SqlTableKind Kind)
{
    /// <summary>The name as a statement writes it: in quotes where it needs them.</summary>
    internal string Spelling { get; init; } = Name;

    /// <summary>The schema that it lies in; empty where the database has no schemas.</summary>
    internal string Schema { get; init; } = string.Empty;

    /// <summary>Its name within the schema.</summary>
    internal string Relation { get; init; } = Name;

    /// <summary>What the owner of the database says of it; null for nothing.</summary>
    internal string? Comment { get; init; }
}
