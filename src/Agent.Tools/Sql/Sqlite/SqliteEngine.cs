using Microsoft.Data.Sqlite;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>A SQLite file. Each statement has a connection of its own, so that none can leave anything behind for the next.</summary>
internal sealed class SqliteEngine(string path, TimeProvider timeProvider) : ISqlEngine
{
    public string Dialect => "SQLite";

    public string DateHint => "Dates are texts; today is date('now'), last month strftime('%Y-%m', date('now', 'start of month', '-1 month')).";

    public IReadOnlyList<SqlTable> ReadCatalog()
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
    }

    public IReadOnlyList<string> Prepare(string sql, SqlAccess access)
    {
        using var session = SqliteSession.Open(path, access, timeProvider);
        return session.Prepare(sql);
    }

    public SqlResult Query(SqlRequest request, SqlAccess access, CancellationToken cancellationToken)
    {
        using var session = SqliteSession.Open(path, access, timeProvider);
        return session.Query(request, cancellationToken);
    }

    public string Quote(string identifier) => SqliteCatalog.Quote(identifier);
}
