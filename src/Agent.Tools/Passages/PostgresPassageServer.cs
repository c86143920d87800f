using System.Globalization;
using Agent.Core.Retrieval;
using Agent.Tools.Safety;
using Agent.Tools.Sql.Postgres;
using Npgsql;

namespace Agent.Tools.Passages;

/// <summary>A database with the collections of any number of tenants: its pool of connections and its words for what goes wrong. Thread-safe.</summary>
internal sealed class PostgresPassageServer : IAsyncDisposable
{
    private const int MostConnections = 20;

    // Fewer would wait for each other until they run into the time limit, and be told as a server that does not answer.
    private const int FewestConnections = 3;
    private const int LongestConnect = 15;
    private const int StatementSeconds = 60;
    private const int LockSeconds = 30;

    // The server ends a statement first, and says why.
    private const int CommandSeconds = StatementSeconds + 10;

    // A view is for one request; one that is forgotten keeps the server from cleaning up.
    private const int IdleSeconds = 300;

    // Of a writer's lock; a network that drops silent connections lets them be a minute at least.
    private const int KeepAliveSeconds = 15;

    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _single;
    private readonly PostgresPassageFailure _failure;

    internal PostgresPassageServer(string connection)
    {
        var parsed = Parse(connection);
        Place = $"database {parsed.Database} at {parsed.Host}";
        _failure = new PostgresPassageFailure(Place, parsed.Username!, parsed.Database!, new SecretRedactor([parsed.Password ?? string.Empty, connection, parsed.ConnectionString]));
        var guarded = Guarded(parsed);
        _pool = NpgsqlDataSource.Create(guarded);
        _single = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(guarded) { Pooling = false, KeepAlive = KeepAliveSeconds });
    }

    /// <summary>Reads a connection text.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message says why, without the text.</exception>
    internal static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        var parsed = PostgresConnectionText.Parse(connection, out var problem) ?? throw new ArgumentException(
            $"The connection of the collections {problem}. Give it like Host=db.example.com;Database=agent;Username=agent;Password=... or postgresql://agent:...@db.example.com/agent.", nameof(connection));
        return parsed.MaxPoolSize >= FewestConnections
            ? parsed
            : throw new ArgumentException(
                $"The connection of the collections allows {parsed.MaxPoolSize} connections (Maximum Pool Size), and at least {FewestConnections} are needed: a writer, its merging and a search have one each. Raise it, or leave it out.", nameof(connection));
    }

    /// <summary>Names the database in messages, without secrets.</summary>
    internal string Place { get; }

    /// <summary>A connection of the pool, on which names mean those of the schema.</summary>
    internal Task<NpgsqlConnection> OpenAsync(PostgresPassageSchema? schema, CancellationToken cancellationToken) => OpenAsync(_pool, schema, cancellationToken);

    /// <summary>A connection that is closed, not given back, when it is disposed, and that notices where it is lost.</summary>
    internal Task<NpgsqlConnection> OpenSingleAsync(PostgresPassageSchema schema, CancellationToken cancellationToken) => OpenAsync(_single, schema, cancellationToken);

    /// <summary>Puts what went wrong into words for the user, with the fix.</summary>
    internal RetrievalException Explain(string? collection, Exception exception) => _failure.From(collection, exception);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync().ConfigureAwait(false);
        await _single.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, PostgresPassageSchema? schema, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Set each time: what a connection of the pool had before is reset with its first statement, and a pooler between may have others' state.
            var command = new NpgsqlCommand(Settings(schema), connection);
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Settings(PostgresPassageSchema? schema)
    {
        (string Name, string Value)[] settings =
        [
            // Temporary tables come last, or one could stand in for a table.
            ("search_path", schema is null ? "pg_catalog, pg_temp" : $"{schema.Quoted}, pg_temp"),
            ("statement_timeout", Seconds(StatementSeconds)),
            ("lock_timeout", Seconds(LockSeconds)),
            ("idle_in_transaction_session_timeout", Seconds(IdleSeconds)),

            // The server learns within a minute that a host is gone, and frees its locks.
            ("tcp_keepalives_idle", "20"),
            ("tcp_keepalives_interval", "10"),
            ("tcp_keepalives_count", "3"),
        ];
        return $"SELECT {string.Join(", ", settings.Select(setting => $"set_config('{setting.Name}', '{setting.Value}', false)"))}";
    }

    private static string Seconds(int seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds}s");

    private static string Guarded(NpgsqlConnectionStringBuilder connection)
    {
        var guarded = PostgresConnectionGuard.Guard(
            connection, Math.Min(connection.MaxPoolSize, MostConnections), LongestConnect, $"agent on {Environment.MachineName}");
        guarded.CommandTimeout = CommandSeconds;
        return guarded.ConnectionString;
    }
}
