namespace Agent.Tools.Sql.Postgres;

/// <summary>A piece of a statement.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">How the statement writes it.</param>
/// <param name="Value">A name as the server knows it, a parameter without its mark; otherwise the source.</param>
/// <param name="Gap">What stands before it: nothing, a space or a line break; comments count as space.</param>
internal readonly record struct PostgresToken(PostgresTokenKind Kind, string Source, string Value, string Gap)
{
    internal bool IsName => Value is not null && Kind is PostgresTokenKind.Word or PostgresTokenKind.QuotedName;

    internal bool IsMark(string mark) => Kind == PostgresTokenKind.Mark && Source == mark;

    internal bool IsWord(string word) => Kind == PostgresTokenKind.Word && Value == word;
}
