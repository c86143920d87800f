using System.Net.Sockets;
using Agent.Core.Retrieval;
using Agent.Tools.Safety;
using Npgsql;

namespace Agent.Tools.Passages;

/// <summary>Turns what went wrong at the server into words for the user, with the fix and without the password.</summary>
internal sealed class PostgresPassageFailure(string place, string user, string database, SecretRedactor redactor)
{
    private const string IdleInTransaction = "25P03";

    internal RetrievalException From(string? collection, Exception exception)
    {
        var (problem, fix) = exception is PostgresException server ? From(server) : FromConnection(exception);
        var name = collection is null ? "The collections" : $"Collection '{collection}'";
        return new RetrievalException($"{name} ({SingleLine.Of(redactor.Redact(place))}): {problem}. {fix}", exception);
    }

    private (string Problem, string Fix) From(PostgresException exception)
    {
        var words = $"{Text(exception.MessageText)} (SQLSTATE {exception.SqlState})";
        return exception.SqlState switch
        {
            PostgresErrorCodes.InvalidCatalogName => (words, $"Create the database: CREATE DATABASE {database} ENCODING 'UTF8'."),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => (words, "The collection was removed meanwhile; ingest again."),
            PostgresErrorCodes.UndefinedColumn => (words, "Another version of this program made the tables; use that one, or remove the collection and ingest again."),
            PostgresErrorCodes.InsufficientPrivilege => (words, $"Let one role own all collections, and allow it to make schemas: GRANT CREATE ON DATABASE {database} TO {user}."),
            PostgresErrorCodes.ReadOnlySqlTransaction => (words, "Name the primary server, not a standby."),
            PostgresErrorCodes.QueryCanceled => (words, "The server took too long; see what else it is doing and try again."),
            PostgresErrorCodes.LockNotAvailable => (words, "Another session holds the tables for too long (a writer that has just gone, a backup, a change of tables); try again when it has ended."),
            PostgresErrorCodes.TooManyConnections => (words, "Raise max_connections at the server, or give the connection a smaller Maximum Pool Size."),
            PostgresErrorCodes.DiskFull => (words, "Make room at the server and try again; nothing that was stored is lost."),
            PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => (words, "Use a database with the encoding UTF8."),
            IdleInTransaction => (words, "Close views soon after they were opened."),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => (words, "Restore the database, or remove the collection and ingest again."),
            _ => exception.SqlState[..2] switch
            {
                "08" or "57" => (words, "Check that the server runs and try again; nothing that was stored is lost."),
                "28" => (words, "Check user and password of the connection, and who may connect from here (pg_hba.conf)."),
                "53" => (words, "The server has too little memory or connections; try again, or give it more."),
                _ => (words, "See the server's log; try again where it helps."),
            },
        };
    }

    private (string Problem, string Fix) FromConnection(Exception exception) => exception switch
    {
        _ when Has<TimeoutException>(exception) => (Text(exception.Message), "Check that the server runs and is not overloaded, and try again."),
        _ when Has<SocketException>(exception) || Has<IOException>(exception) => (Text(exception.Message), "Check host and port of the connection, and that the server runs and takes connections from here."),
        _ => (Text(exception.Message), "Check the connection and try again."),
    };

    private string Text(string message) => SingleLine.Of(redactor.Redact(message.TrimEnd('.')));

    private static bool Has<T>(Exception exception)
        where T : Exception
    {
        for (Exception? at = exception; at is not null; at = at.InnerException)
        {
            if (at is T)
            {
                return true;
            }
        }

        return false;
    }
}
