namespace Agent.Tools.Sql;

/// <summary>A column of a database.</summary>
/// <param name="Name">Its name as the database spells it.</param>
/// <param name="Type">The declared type in lower case; empty where none is declared.</param>
/// <param name="References">What a foreign key leads to, <c>table.column</c>; null for none.</param>
internal sealed record SqlColumn(string Name, string Type, string? References)
{
    /// <summary>The name as a statement writes it: in quotes where it needs them.</summary>
    internal string Spelling { get; init; } = Name;

    /// <summary>What the owner of the database says of it; null for nothing.</summary>
    internal string? Comment { get; init; }
}
