using System.Data.Common;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Storage;

/// <summary>The transactions of a writer, one at a time, with what the collection's row says after the last of them. Thread-safe.</summary>
internal sealed class WriterTransactions : IAsyncDisposable
{
    private readonly PassageDatabase _database;
    private readonly DbConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private WriterTransactions(PassageDatabase database, DbConnection connection, CollectionRow collection)
    {
        _database = database;
        _connection = connection;
        Collection = collection;
    }

    /// <summary>The collection's row. Only the work of a transaction may replace it; where the transaction fails, it is as it was before.</summary>
    public CollectionRow Collection { get; private set; }

    /// <summary>Opens the database for writing, and creates what is missing in it.</summary>
    public static async Task<WriterTransactions> OpenAsync(PassageDatabase database, CancellationToken cancellationToken)
    {
        await database.CreateAsync(cancellationToken).ConfigureAwait(false);
        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new WriterTransactions(database, connection, await PrepareAsync(database, connection, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a new row for the collection, as its next version; part of a transaction's work.</summary>
    public async Task StoreAsync(DbTransaction transaction, CollectionRow collection, CancellationToken cancellationToken) =>
        Collection = await collection.StoreAsync(transaction, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs a transaction; where it fails, nothing changes, here neither.</summary>
    /// <exception cref="RetrievalException">The database refused it.</exception>
    public async Task<T> RunAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        var before = Collection;
        try
        {
            var transaction = await _database.BeginWriteAsync(_connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var result = await work(transaction).ConfigureAwait(false);

                // Not to be cancelled: nobody could tell whether it came through, and what is known here would be of one state or the other.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            }
        }
        catch (Exception exception)
        {
            Collection = before;
            if (exception is DbException)
            {
                throw _database.Explain(exception);
            }

            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    /// <summary>The collection's row; an index of another analyzer is given up, and built anew from the chunks.</summary>
    private static async Task<CollectionRow> PrepareAsync(PassageDatabase database, DbConnection connection, CancellationToken cancellationToken)
    {
        var analyzer = BilingualAnalyzer.Documents.Id;
        var transaction = await database.BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var collection = await CollectionRow.ReadAsync(transaction, database.Name, cancellationToken).ConfigureAwait(false);
            if (collection is null)
            {
                await CollectionRow.CreateAsync(transaction, analyzer, cancellationToken).ConfigureAwait(false);
                collection = (await CollectionRow.ReadAsync(transaction, database.Name, cancellationToken).ConfigureAwait(false))!;
            }
            else if (collection.Analyzer != analyzer)
            {
                foreach (var table in new[] { "segment_pages", "segments", "deletions" })
                {
                    await transaction.ExecuteAsync($"DELETE FROM {table}", cancellationToken).ConfigureAwait(false);
                }

                collection = await (collection with { Analyzer = analyzer, IndexedThrough = 0 }).StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return collection;
        }
    }
}
