using Npgsql;

namespace Agent.Tools.Sql;

/// <summary>The options of one <c>kind: sql</c> tool, read and checked as far as it goes without the database.</summary>
internal sealed record SqlOptions
{
    /// <summary><c>database</c>: SQLite's file, absolute; relative ones start at the folder of the tools file. Null for PostgreSQL.</summary>
    internal string? Database { get; init; }

    /// <summary><c>connection</c>: where PostgreSQL is and who asks, from the environment. Null for SQLite.</summary>
    internal NpgsqlConnectionStringBuilder? Connection { get; init; }

    /// <summary><c>sample: shop</c>: whether the file is created with the sample shop where there is none.</summary>
    internal bool IsSampleShop { get; init; }

    /// <summary><c>query</c>: the named query; null for an open one.</summary>
    internal string? Query { get; init; }

    /// <summary><c>schema.tables</c>: allowed columns by table, null for all of a table; null for every table (a named query only).</summary>
    internal IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>?>>? Tables { get; init; }

    /// <summary><c>samples</c>: values of each text column in the description, 0 to 10; 3 by default.</summary>
    internal int Samples { get; init; } = 3;

    /// <summary><c>rows</c>: rows of a result, 1 to 1,000; 50 by default.</summary>
    internal int Rows { get; init; } = 50;

    /// <summary><c>format</c>: <c>json</c> (the default) or <c>markdown</c>.</summary>
    internal bool IsMarkdown { get; init; }

    /// <summary><c>time_limit</c>: how long one statement may run, 50 ms to 2 s; 2 seconds by default.</summary>
    internal TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(2);
}
