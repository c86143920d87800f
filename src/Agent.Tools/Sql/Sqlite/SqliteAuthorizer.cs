using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// SQLite asks this for everything that a statement does while it is compiled: selecting, reading allowed columns of the main
/// database, and calling listed functions; nothing else.
/// </summary>
/// <param name="access">What may be read.</param>
/// <param name="existing">The tables and views that the database has now, in whatever case.</param>
internal sealed class SqliteAuthorizer(SqlAccess access, IReadOnlySet<string> existing)
{
    private const int Recursive = 33;

    /// <summary>What was refused first, in words for the model; null while nothing was.</summary>
    internal string? Refusal { get; private set; }

    internal void Reset() => Refusal = null;

    /// <summary>The callback. The innermost view's name plays no part: a subquery can be given any name.</summary>
    internal int Authorize(object userData, int action, string? first, string? second, string? database, string? view)
    {
        var isAllowed = action switch
        {
            raw.SQLITE_SELECT or Recursive => true,
            raw.SQLITE_READ => (database is null or "main") && first is not null && (string.IsNullOrEmpty(second) ? AllowsRows(first) : database is not null && access.Allows(first, second)),
            raw.SQLITE_FUNCTION => second is not null && SqliteFunctions.Allows(second),
            _ => false,
        };
        if (!isAllowed)
        {
            Refusal ??= action switch
            {
                raw.SQLITE_READ when string.IsNullOrEmpty(second) => $"table {first} may not be read",
                raw.SQLITE_READ => $"column {first}.{second} may not be read",
                raw.SQLITE_FUNCTION => $"function {second} is not available",
                _ => "only SELECT is allowed",
            };
        }

        return isAllowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }

    // Where no column of a source is used, SQLite gives its name as it is written. A name that the database does not know can
    // only be a subquery's, whose own sources are asked for apart; the tables of SQLite itself stand in no catalogue.
    private bool AllowsRows(string name) => access.Allows(name) || (!existing.Contains(name) && !IsInternal(name));

    private static bool IsInternal(string name) =>
        name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase);
}
