using System.Collections.Frozen;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Tells which names a statement must write in quotes: a model that sees them bare writes them bare.</summary>
internal static class SqliteNames
{
    // The words that SQLite does not take for a name; the other words of its grammar fall back to one.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "add", "all", "alter", "and", "as", "autoincrement", "between", "case", "check", "collate", "commit", "constraint", "create", "cross",
        "current_date", "current_time", "current_timestamp", "default", "deferrable", "delete", "distinct", "drop", "else", "escape", "except",
        "exists", "filter", "foreign", "from", "full", "group", "having", "in", "index", "inner", "insert", "intersect", "into", "is", "isnull",
        "join", "left", "limit", "natural", "not", "notnull", "null", "on", "or", "order", "outer", "over", "primary", "references", "returning",
        "right", "select", "set", "table", "then", "to", "transaction", "union", "unique", "update", "using", "values", "when", "where", "window",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static bool NeedsQuotes(string name) =>
        name.Length == 0 || char.IsAsciiDigit(name[0]) || Reserved.Contains(name) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || c >= '\x80');
}
