namespace Agent.Tools.Sql;

/// <summary>
/// A database of one dialect that can only be read. Every statement runs under the same guard, whoever wrote it: one statement,
/// no writes, nothing beyond the given access, within the request's bounds. Thread-safe.
/// </summary>
internal interface ISqlEngine
{
    /// <summary>The dialect's name for the model: <c>SQLite</c>.</summary>
    string Dialect { get; }

    /// <summary>What the model must know of the dialect's dates, in one short sentence.</summary>
    string DateHint { get; }

    /// <summary>How the dialect compares names of tables and columns.</summary>
    StringComparer Names { get; }

    /// <summary>Whether a schema may name views: only where a statement cannot pretend to be one.</summary>
    bool AllowsViews { get; }

    /// <summary>The tables and views of the database, those of the engine itself left out.</summary>
    /// <exception cref="SqlEngineException">The database cannot be read.</exception>
    Task<IReadOnlyList<SqlTable>> ReadCatalogAsync(CancellationToken cancellationToken);

    /// <summary>Checks, once at the start, that what may be read can be read safely.</summary>
    /// <exception cref="SqlEngineException">It cannot; the message says what to change.</exception>
    Task CheckAsync(SqlAccess access, CancellationToken cancellationToken);

    /// <summary>Compiles a statement under the guard without running it, and names its parameters without their marks.</summary>
    /// <exception cref="SqlEngineException">The statement is wrong or forbidden.</exception>
    Task<IReadOnlyList<string>> PrepareAsync(string sql, SqlAccess access, CancellationToken cancellationToken);

    /// <summary>Runs a statement.</summary>
    /// <exception cref="SqlEngineException">The statement is wrong, forbidden, or was stopped.</exception>
    /// <exception cref="OperationCanceledException">The caller wants no result any more.</exception>
    Task<SqlResult> QueryAsync(SqlRequest request, SqlAccess access, CancellationToken cancellationToken);

    /// <summary>A statement that gives some values of a column as texts, none of them twice.</summary>
    string SampleQuery(SqlTable table, SqlColumn column, int count);
}
