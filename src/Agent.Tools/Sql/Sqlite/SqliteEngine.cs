using Microsoft.Data.Sqlite;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>A SQLite file. Each statement has a connection of its own, so that none can leave anything behind for the next.</summary>
internal sealed class SqliteEngine(string path, TimeProvider timeProvider) : ISqlEngine
{
    public string Dialect => "SQLite";

    public string DateHint => "Dates are texts; today is date('now'), last month strftime('%Y-%m', date('now', 'start of month', '-1 month')).";

    public StringComparer Names => StringComparer.OrdinalIgnoreCase;

    // A model could name a subquery of its own like the view and read as the view does.
    public bool AllowsViews => false;

    public Task<IReadOnlyList<SqlTable>> ReadCatalogAsync(CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            using var connection = SqliteFile.OpenReadOnly(path);
            try
            {
                return SqliteCatalog.Read(connection);
            }
            catch (SqliteException exception)
            {
                throw SqliteFile.Unreadable(path, exception);
            }
        },
        cancellationToken);

    public Task CheckAsync(SqlAccess access, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<string>> PrepareAsync(string sql, SqlAccess access, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            using var session = SqliteSession.Open(path, access, timeProvider);
            return session.Prepare(sql);
        },
        cancellationToken);

    public Task<SqlResult> QueryAsync(SqlRequest request, SqlAccess access, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            using var session = SqliteSession.Open(path, access, timeProvider);
            return session.Query(request, cancellationToken);
        },
        cancellationToken);

    public string SampleQuery(SqlTable table, SqlColumn column, int count)
    {
        var name = SqlIdentifier.Quote(column.Name);
        return $"SELECT DISTINCT x FROM (SELECT {name} AS x FROM {SqlIdentifier.Quote(table.Name)} WHERE {name} IS NOT NULL LIMIT 1000) LIMIT {count}";
    }

    // A statement may hold its thread for seconds; those of the pool are for others.
    private static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
