using System.Data;
using System.Globalization;
using Npgsql;

namespace Agent.Tools.Passages;

/// <summary>
/// A session lock of the server, held by a connection of its own: it is free when the process dies. A connection may be lost while its process
/// goes on writing, so whoever gets the lock also gets the next number, and a transaction with an older one is refused. Thread-safe.
/// </summary>
internal sealed class PostgresWriterLock : IAsyncDisposable
{
    // Longer than a writer that is cut off may keep its transaction open.
    private const int TakeOverSeconds = 45;
    private const int UnlockSeconds = 5;

    private readonly NpgsqlConnection _connection;
    private readonly long _key;
    private volatile bool _isDisposed;

    private PostgresWriterLock(NpgsqlConnection connection, long key)
    {
        _connection = connection;
        _key = key;
    }

    /// <summary>The number of this writer; 0 before <see cref="NumberAsync"/>.</summary>
    internal long Number { get; private set; }

    /// <summary>Whether the lock is held, as far as it is known here.</summary>
    internal bool IsHeld => !_isDisposed && _connection.State == ConnectionState.Open;

    /// <summary>Takes the lock.</summary>
    /// <param name="connection">A connection for it alone; it belongs to the lock, also where that is not to be had.</param>
    /// <param name="schema">The schema of the collection.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The lock; or, where another has it, who that is, as far as the server tells.</returns>
    internal static async Task<(PostgresWriterLock? Lock, string? Holder)> TakeAsync(NpgsqlConnection connection, PostgresPassageSchema schema, CancellationToken cancellationToken)
    {
        try
        {
            var key = schema.WriterKey;
            if (await ScalarAsync(connection, "SELECT pg_try_advisory_lock(@key)", key, cancellationToken).ConfigureAwait(false) is true)
            {
                return (new PostgresWriterLock(connection, key), null);
            }

            var holder = await ScalarAsync(
                connection,
                """
                SELECT concat_ws(' at ', nullif(a.application_name, ''), host(a.client_addr))
                FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_database d ON d.oid = l.database
                WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND d.datname = current_database()
                  AND ((l.classid::bigint << 32) | l.objid::bigint) = @key
                """,
                key,
                cancellationToken).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            return (null, holder as string);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes the next number. Waits for a transaction of the writer before that has not ended yet; none of its later ones will be let in.</summary>
    internal async Task NumberAsync(CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = '{TakeOverSeconds}s'; UPDATE writer SET number = number + 1 RETURNING number"), _connection);
        await using (command.ConfigureAwait(false))
        {
            Number = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            // The server notices the end of a connection a moment later; the next writer may come at once.
            if (_connection.State == ConnectionState.Open)
            {
                var command = new NpgsqlCommand("SELECT pg_advisory_unlock(@key)", _connection) { CommandTimeout = UnlockSeconds, Parameters = { new NpgsqlParameter<long>("key", _key) } };
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteScalarAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            // The connection is lost, and the lock with it.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, long key, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<long>("key", key) } };
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
