namespace Agent.Tools.Sql;

/// <summary>The rows that a statement gave.</summary>
/// <param name="Columns">Column names, each once.</param>
/// <param name="Rows">Cells are <see cref="long"/>, <see cref="double"/>, <see cref="decimal"/>, <see cref="bool"/>, <see cref="string"/> or null.</param>
/// <param name="HasMore">Whether there were more rows than were asked for, or might have been when the bound on their size was reached.</param>
internal sealed record SqlResult(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows, bool HasMore);
