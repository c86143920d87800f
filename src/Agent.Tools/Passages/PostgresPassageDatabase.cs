using System.Data;
using System.Data.Common;
using System.Globalization;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Tools.Safety;
using Npgsql;
using NpgsqlTypes;

namespace Agent.Tools.Passages;

/// <summary>A collection in a schema of a PostgreSQL database, which any number of hosts may read while one writes. Thread-safe.</summary>
/// <param name="server">The database, which stays the caller's.</param>
/// <param name="schema">The schema.</param>
/// <param name="name">What the collection is called.</param>
internal sealed class PostgresPassageDatabase(PostgresPassageServer server, PostgresPassageSchema schema, CollectionName name) : PassageDatabase
{
    // No writer's number.
    private const long LockIsLost = -1;

    // A writer does no long work between two statements; one that is cut off gives way after so long. Where the lock can be shared, nobody holds it.
    private readonly string _beginWrite = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SET LOCAL idle_in_transaction_session_timeout = '30s';
        SELECT CASE WHEN pg_try_advisory_xact_lock_shared({schema.WriterKey}) THEN {LockIsLost} ELSE number END FROM writer FOR SHARE
        """);

    private volatile PostgresWriterLock? _writer;

    public override string Name { get; } = name.Value;

    public override async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        var connection = await server.OpenAsync(schema, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await HasTableAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (await ExistsAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var connection = await server.OpenAsync(schema, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                // IF NOT EXISTS is no help where two begin at once: the second fails at the end of the first one's transaction.
                await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({schema.CreationKey})"), cancellationToken).ConfigureAwait(false);
                if (await HasTableAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                // A schema that somebody made for a role which may make none is taken as it is.
                if (await ScalarAsync(connection, $"SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = '{schema.Identifier}')", cancellationToken).ConfigureAwait(false) is false)
                {
                    await ExecuteAsync(connection, $"CREATE SCHEMA {schema.Quoted}; COMMENT ON SCHEMA {schema.Quoted} IS '{schema.Comment}'", cancellationToken).ConfigureAwait(false);
                }

                await ExecuteAsync(connection, PostgresPassageSchema.Tables, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes the schema with everything in it.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RetrievalException">Somebody writes.</exception>
    /// <exception cref="DbException">The database cannot be written.</exception>
    internal async Task DropAsync(CancellationToken cancellationToken)
    {
        var @lock = await TakeLockAsync(cancellationToken).ConfigureAwait(false);
        await using (@lock.ConfigureAwait(false))
        {
            var connection = await server.OpenAsync(schema, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await ExecuteAsync(connection, $"DROP SCHEMA {schema.Quoted} CASCADE", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => await server.OpenAsync(schema, cancellationToken).ConfigureAwait(false);

    public override async Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var npgsql = (NpgsqlConnection)connection;
        var transaction = await npgsql.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        try
        {
            await ExecuteAsync(npgsql, "SET TRANSACTION READ ONLY", cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var writer = _writer;
        var npgsql = (NpgsqlConnection)connection;
        if (writer is not { IsHeld: true } || npgsql.State != ConnectionState.Open)
        {
            throw Lost();
        }

        var transaction = await npgsql.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        try
        {
            // The row is locked until the transaction ends: the next writer's number comes before or after it, never meanwhile.
            var number = Convert.ToInt64(await ScalarAsync(npgsql, _beginWrite, cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
            return number == writer.Number ? transaction
                : number == LockIsLost ? throw Lost()
                : throw new RetrievalException($"Collection '{Name}' ({server.Place}) is being written by another process since the connection of this one was lost. What was stored is whole; wait until the other has ended, then begin again.");
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var writer = await TakeLockAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CreateAsync(cancellationToken).ConfigureAwait(false);
            await writer.NumberAsync(cancellationToken).ConfigureAwait(false);
            _writer = writer;
            return writer;
        }
        catch
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task InsertChunksAsync(DbTransaction transaction, IReadOnlyCollection<ChunkRow> chunks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(chunks);
        if (chunks.Count == 0)
        {
            return;
        }

        var import = await ((NpgsqlConnection)transaction.Connection!).BeginBinaryImportAsync(
            "COPY chunks (id, document, ordinal, hash, heading_path, text, start_offset, end_offset, tokens) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (import.ConfigureAwait(false))
        {
            foreach (var chunk in chunks)
            {
                await import.StartRowAsync(cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Id, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Document, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Ordinal, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Hash, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.HeadingPath, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Text, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Start, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.End, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(chunk.Tokens, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
            }

            await import.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override RetrievalException Explain(Exception exception) => server.Explain(Name, exception);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RetrievalException Lost() => new($"Collection '{Name}' ({server.Place}) cannot be written any more: the connection was lost. What was stored is whole; begin the work again, and it goes on from there.");

    private async Task<PostgresWriterLock> TakeLockAsync(CancellationToken cancellationToken)
    {
        var (writer, holder) = await PostgresWriterLock.TakeAsync(await server.OpenSingleAsync(schema, cancellationToken).ConfigureAwait(false), schema, cancellationToken).ConfigureAwait(false);
        return writer ?? throw new RetrievalException(
            $"Collection '{Name}' ({server.Place}) is being written by another process{(string.IsNullOrEmpty(holder) ? string.Empty : $" ({SingleLine.Of(holder)})")}. Wait until it has ended, or end it (an ingest that watches, a service).");
    }

    // to_regclass would answer from the session's memory, which may be older than the end of a wait for a lock.
    private async Task<bool> HasTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, $"SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema.Identifier}' AND c.relname = 'collection')", cancellationToken).ConfigureAwait(false) is true;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
