using System.Collections.Frozen;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// The SQL functions that statements may call. Those whose cost is the product of two lengths are replaced: one call of them
/// is a single step of SQLite's machine, which no time limit interrupts. For the same reason printf is missing: it counts to a
/// width of two thousand millions in one step.
/// </summary>
internal static class SqliteFunctions
{
    internal const int LongestOperand = 256;

    private const int Flags = raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC | Innocuous;
    private const int Innocuous = 0x200000;

    private static readonly FrozenSet<string> Allowed = new[]
    {
        "abs", "avg", "char", "coalesce", "count", "cume_dist", "current_date", "current_time", "current_timestamp", "date", "datetime",
        "dense_rank", "first_value", "glob", "group_concat", "ifnull", "iif", "instr", "julianday", "lag", "last_value", "lead",
        "length", "like", "lower", "ltrim", "max", "min", "nth_value", "ntile", "nullif", "percent_rank", "rank", "replace",
        "round", "row_number", "rtrim", "strftime", "substr", "substring", "sum", "time", "total", "trim", "typeof", "unicode", "upper",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static bool Allows(string name) => Allowed.Contains(name);

    internal static void Replace(sqlite3 database)
    {
        Register(database, "instr", 2, texts => (long)(texts[0].IndexOf(texts[1], StringComparison.Ordinal) + 1));
        Register(database, "replace", 3, texts => texts[1].Length == 0 ? texts[0] : texts[0].Replace(texts[1], texts[2], StringComparison.Ordinal));
        Register(database, "trim", 2, texts => texts[0].Trim(texts[1].ToCharArray()));
        Register(database, "ltrim", 2, texts => texts[0].TrimStart(texts[1].ToCharArray()));
        Register(database, "rtrim", 2, texts => texts[0].TrimEnd(texts[1].ToCharArray()));
    }

    private static void Register(sqlite3 database, string name, int count, Func<string[], object> function) =>
        raw.sqlite3_create_function(database, name, count, Flags, null, (context, _, arguments) =>
        {
            if (Array.Exists(arguments, argument => raw.sqlite3_value_type(argument) == raw.SQLITE_NULL))
            {
                raw.sqlite3_result_null(context);
                return;
            }

            var texts = Array.ConvertAll(arguments, argument => raw.sqlite3_value_text(argument).utf8_to_string() ?? string.Empty);
            if (texts.Skip(1).Any(text => text.Length > LongestOperand))
            {
                raw.sqlite3_result_error(context, $"an argument of {name} is longer than {LongestOperand} characters");
            }
            else if (function(texts) is var result && result is long number)
            {
                raw.sqlite3_result_int64(context, number);
            }
            else
            {
                raw.sqlite3_result_text(context, (string)result);
            }
        });
}
