using Agent.Tools.Safety;
using Agent.Tools.Yaml;
using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Turns what went wrong at the server into words for a model, without host, user or password.</summary>
internal sealed class PostgresFailure(SecretRedactor redactor)
{
    private const int LongestMessage = 300;

    internal SqlEngineException From(Exception exception, TimeSpan limit) => exception switch
    {
        SqlEngineException known => known,
        PostgresException server => From(server, limit),
        OperationCanceledException => TooLong(limit, exception),
        NpgsqlException { InnerException: TimeoutException } => new SqlEngineException(SqlFailure.Busy, "the database did not answer in time; try again", exception),
        _ => new SqlEngineException(SqlFailure.Busy, "the connection to the database failed; try again", exception),
    };

    /// <summary>Whether an exception comes from the server or the way to it.</summary>
    internal static bool Is(Exception exception) =>
        exception is SqlEngineException or NpgsqlException or OperationCanceledException or TimeoutException or IOException or System.Net.Sockets.SocketException;

    private static SqlEngineException TooLong(TimeSpan limit, Exception exception) =>
        new(SqlFailure.Limit, $"the query ran longer than {DurationText.Words(limit)}; filter more, or join on keys", exception);

    private SqlEngineException From(PostgresException exception, TimeSpan limit)
    {
        switch (exception.SqlState)
        {
            case PostgresErrorCodes.QueryCanceled:
                return TooLong(limit, exception);
            case PostgresErrorCodes.ReadOnlySqlTransaction:
                return new SqlEngineException(SqlFailure.Statement, "only SELECT is allowed", exception);
            case PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.DiskFull or PostgresErrorCodes.ConfigurationLimitExceeded:
                return new SqlEngineException(SqlFailure.Limit, "the query needs too much memory; filter or aggregate first", exception);
            case PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure:
                return new SqlEngineException(SqlFailure.Busy, "the database is busy; try again", exception);
            case PostgresErrorCodes.InvalidCatalogName:
                return new SqlEngineException(SqlFailure.Database, "the database of \"connection\" does not exist on that server", exception);
        }

        return exception.SqlState[..2] switch
        {
            "57" or "08" => new SqlEngineException(SqlFailure.Busy, "the connection to the database was lost; try again", exception),
            "53" => new SqlEngineException(SqlFailure.Busy, "the database is busy; try again", exception),
            "28" => new SqlEngineException(SqlFailure.Database, $"the database refuses the user of \"connection\" (SQLSTATE {exception.SqlState})", exception),
            "58" or "XX" => new SqlEngineException(SqlFailure.Database, $"the database cannot be read (SQLSTATE {exception.SqlState})", exception),
            "54" => new SqlEngineException(SqlFailure.Limit, Message(exception), exception),
            _ => new SqlEngineException(SqlFailure.Statement, Message(exception), exception),
        };
    }

    private string Message(PostgresException exception)
    {
        var hint = exception.Hint is { Length: > 0 } text ? $" ({text.TrimEnd('.')})" : string.Empty;
        return TextCut.Head(redactor.Redact(SingleLine.Of($"SQL error: {exception.MessageText}{hint}")), LongestMessage);
    }
}
