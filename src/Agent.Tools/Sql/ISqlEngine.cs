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

    /// <summary>The tables and views of the database, those of the engine itself left out.</summary>
    /// <exception cref="SqlEngineException">The database cannot be read.</exception>
    IReadOnlyList<SqlTable> ReadCatalog();

    /// <summary>Compiles a statement under the guard without running it, and names its parameters without their marks.</summary>
    /// <exception cref="SqlEngineException">The statement is wrong or forbidden.</exception>
    IReadOnlyList<string> Prepare(string sql, SqlAccess access);

    /// <summary>Runs a statement on the calling thread.</summary>
    /// <exception cref="SqlEngineException">The statement is wrong, forbidden, or was stopped.</exception>
    /// <exception cref="OperationCanceledException">The caller wants no result any more.</exception>
    SqlResult Query(SqlRequest request, SqlAccess access, CancellationToken cancellationToken);

    /// <summary>A name as an identifier of the dialect.</summary>
    string Quote(string identifier);
}
