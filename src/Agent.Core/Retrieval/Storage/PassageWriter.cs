using System.Data.Common;
using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Text;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Retrieval.Storage;

/// <summary>
/// The one writer of a collection. Each document is one transaction: after a crash at any moment it is there as a whole, as it was before, or not
/// at all. Members may be called from any thread, one at a time.
/// </summary>
/// <remarks>
/// Chunks are stored with their documents and become a segment of the index when some thousands have come; until then their terms wait in
/// memory, and are taken from their texts again by whoever opens the collection. Segments are merged in the background.
/// </remarks>
public sealed class PassageWriter : IAsyncDisposable
{
    // So small a share of a segment may wait for the next writer.
    private const int LeaveWaiting = 16;

    private readonly PassageDatabase _database;
    private readonly IndexStateReader _index;
    private readonly int _segmentChunks;
    private readonly DbConnection _connection;
    private readonly IAsyncDisposable _lock;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly DeltaSegment _waiting = new();
    private CollectionRow _collection;
    private Task _merging = Task.CompletedTask;

    private PassageWriter(PassageDatabase database, IndexStateReader index, int segmentChunks, DbConnection connection, IAsyncDisposable @lock, CollectionRow collection)
    {
        _database = database;
        _index = index;
        _segmentChunks = segmentChunks;
        _connection = connection;
        _lock = @lock;
        _collection = collection;
    }

    internal static async Task<PassageWriter> OpenAsync(PassageDatabase database, IndexStateReader index, int segmentChunks, CancellationToken cancellationToken)
    {
        var @lock = await database.LockAsync(cancellationToken).ConfigureAwait(false);
        DbConnection? connection = null;
        try
        {
            await database.CreateAsync(cancellationToken).ConfigureAwait(false);
            connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            var writer = new PassageWriter(database, index, segmentChunks, connection, @lock, await PrepareAsync(database, connection, cancellationToken).ConfigureAwait(false));
            await writer.TakeUpAsync(cancellationToken).ConfigureAwait(false);
            return writer;
        }
        catch
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            await @lock.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Every document with what is known of its bytes.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RetrievalException">The database cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, DocumentStamp>> ReadStampsAsync(CancellationToken cancellationToken = default) => WriteAsync(
        transaction => StampTable.ReadAsync(transaction, cancellationToken), cancellationToken);

    /// <summary>Stores a document, in place of one of the same source.</summary>
    /// <param name="document">The document.</param>
    /// <param name="cancellationToken">Ends the storing; nothing of the document is stored then.</param>
    /// <exception cref="RetrievalException">The database cannot be written, or the collection is full; what was there stays.</exception>
    public async Task PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        document = StorableDocument.Of(document);
        var stored = await WriteAsync(
            async transaction =>
            {
                if (_collection.NextChunk > int.MaxValue - document.Chunks.Count)
                {
                    throw new RetrievalException($"Collection '{_database.Name}' has given out all its numbers. Remove it and ingest again.");
                }

                // What stays the same of a document keeps its vectors: embedding is the dearest part of an ingest.
                var vectors = _collection.Embedding.Length > 0 ? await VectorTable.OfDocumentAsync(transaction, document.Source, cancellationToken).ConfigureAwait(false) : [];
                var gone = await DocumentTable.DeleteAsync(transaction, document.Source, cancellationToken).ConfigureAwait(false);
                var next = _collection.NextChunk;
                await DocumentTable.InsertAsync(_database, transaction, document, next, cancellationToken).ConfigureAwait(false);
                if (vectors.Count > 0)
                {
                    var kept = document.Chunks
                        .Select((indexed, i) => (Chunk: next + i, Bytes: vectors.GetValueOrDefault(indexed.Chunk.Id)))
                        .Where(static row => row.Bytes is not null)
                        .Select(static row => new VectorRow(row.Chunk, row.Bytes));
                    await VectorTable.InsertAsync(transaction, kept, cancellationToken).ConfigureAwait(false);
                }

                _collection = await (_collection with { NextChunk = next + document.Chunks.Count }).StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                return (Gone: gone, First: next);
            },
            cancellationToken).ConfigureAwait(false);
        Forget(stored.Gone);
        for (var i = 0; i < document.Chunks.Count; i++)
        {
            var (_, terms, length) = document.Chunks[i];
            _waiting.Set(stored.First + i, terms is TermCount[] array ? array : [.. terms], length);
        }

        if (_waiting.DocumentCount >= _segmentChunks)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a document.</summary>
    /// <param name="source">Its name in the collection.</param>
    /// <param name="cancellationToken">Ends the removal.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="RetrievalException">The database cannot be written.</exception>
    public async Task<bool> RemoveAsync(string source, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        source = WellFormedText.Of(source);
        var gone = await WriteAsync(
            async transaction =>
            {
                var range = await DocumentTable.DeleteAsync(transaction, source, cancellationToken).ConfigureAwait(false);
                _collection = await _collection.StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                return range;
            },
            cancellationToken).ConfigureAwait(false);
        Forget(gone);
        StartMerging();
        return gone is not null;
    }

    /// <summary>Notes that a document's file changed its date or place and nothing else.</summary>
    /// <param name="source">Its name in the collection.</param>
    /// <param name="stamp">What is known of its bytes now.</param>
    /// <param name="cancellationToken">Ends the change.</param>
    /// <exception cref="RetrievalException">The database cannot be written.</exception>
    public Task TouchAsync(string source, DocumentStamp stamp, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(stamp);
        source = WellFormedText.Of(source);
        return WriteAsync(transaction => DocumentTable.TouchAsync(transaction, source, stamp, cancellationToken), cancellationToken);
    }

    /// <summary>Chunks that have no vector of a model yet, in the order of their ids.</summary>
    /// <param name="model">Names the model and how it is used. A collection holds vectors of one model: those of another are removed here.</param>
    /// <param name="after">The last chunk that was given already; 0 at first.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Chunks with the texts to embed; none where all have their vectors.</returns>
    /// <exception cref="RetrievalException">The database cannot be read.</exception>
    public Task<IReadOnlyList<UnembeddedChunk>> ReadUnembeddedAsync(string model, int after, int count, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return WriteAsync(
            async transaction =>
            {
                if (_collection.Embedding != model)
                {
                    await transaction.ExecuteAsync("DELETE FROM vectors", cancellationToken).ConfigureAwait(false);
                    _collection = await (_collection with { Embedding = model }).StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                }

                return await VectorTable.MissingAsync(transaction, after, count, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Stores the vectors of chunks, all or none.</summary>
    /// <param name="vectors">Vectors of chunks that have none.</param>
    /// <param name="cancellationToken">Ends the storing; none of them is stored then.</param>
    /// <exception cref="RetrievalException">The database cannot be written.</exception>
    public Task PutVectorsAsync(IReadOnlyList<VectorRow> vectors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return WriteAsync(
            async transaction =>
            {
                await VectorTable.InsertAsync(transaction, vectors, cancellationToken).ConfigureAwait(false);
                _collection = await _collection.StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Brings everything that waits into the index, and waits until merging has ended. Not needed for correctness; searches become quicker.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RetrievalException">The database cannot be written.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        if (_waiting.DocumentCount >= _segmentChunks / LeaveWaiting)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        await _merging.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a merge that runs (nothing is lost by it), and lets another writer in.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        try
        {
            await _merging.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or RetrievalException)
        {
            // The segments stay as they were, and the next writer merges them.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
        _closing.Dispose();
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

    /// <summary>Takes up what an earlier writer left waiting.</summary>
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        var after = _collection.IndexedThrough;
        while (true)
        {
            var texts = await WriteAsync(transaction => _index.WaitingAsync(transaction, after, _segmentChunks, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (texts.Count == 0)
            {
                break;
            }

            foreach (var text in texts)
            {
                _waiting.Set(text.Chunk, text.Terms, text.Length);
            }

            after = texts[^1].Chunk;
            if (_waiting.DocumentCount >= _segmentChunks)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        StartMerging();
    }

    private void Forget((int First, int Count)? gone)
    {
        for (var i = 0; i < gone?.Count; i++)
        {
            _waiting.Remove(gone.Value.First + i);
        }
    }

    /// <summary>Makes a segment of what waits, which is every living chunk that is in none, up to the last that waits.</summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var segment = _waiting.Freeze();
        var through = segment.DocumentIds[^1];
        await WriteAsync(
            async transaction =>
            {
                await SegmentTable.WriteAsync(transaction, segment, segment.DocumentIds[0], through, cancellationToken).ConfigureAwait(false);

                // Chunks that came and went before they were in a segment.
                await transaction.ExecuteAsync(
                    "DELETE FROM deletions WHERE chunk > @before AND chunk <= @through", cancellationToken, ("@before", _collection.IndexedThrough), ("@through", through)).ConfigureAwait(false);
                _collection = await (_collection with { IndexedThrough = through }).StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        _waiting.Clear();
        StartMerging();
    }

    private void StartMerging()
    {
        if (_merging.IsCompletedSuccessfully)
        {
            _merging = Task.Run(() => MergeAsync(_closing.Token), CancellationToken.None);
        }
    }

    private async Task MergeAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await MergeOnceAsync(cancellationToken).ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is DbException or IndexFormatException)
        {
            throw _database.Explain(exception);
        }
    }

    private async Task<bool> MergeOnceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SegmentRow> chosen;
        LiveDocuments[] parts;
        long deletion;

        // A connection of its own: documents go on being stored meanwhile.
        var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await _database.BeginReadAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var segments = await SegmentTable.ListAsync(transaction, cancellationToken).ConfigureAwait(false);
                var deletions = await transaction.ReadAsync("SELECT id, chunk FROM deletions ORDER BY chunk", static row => (Id: row.GetInt64(0), Chunk: row.GetInt32(1)), cancellationToken).ConfigureAwait(false);
                var gone = deletions.ConvertAll(static row => row.Chunk);
                chosen = MergePolicy.Choose(segments.ConvertAll(row => (row, row.Documents - CountIn(gone, row))));
                deletion = deletions.Count == 0 ? 0 : deletions.Max(static row => row.Id);
                parts = new LiveDocuments[chosen.Count];
                for (var i = 0; i < parts.Length; i++)
                {
                    parts[i] = LiveDocuments.All(await SegmentTable.ReadAsync(transaction, chosen[i].Id, cancellationToken).ConfigureAwait(false)).Without(gone);
                }
            }
        }

        if (chosen.Count == 0)
        {
            return false;
        }

        var merged = SegmentMerger.Merge(parts, cancellationToken);
        var (first, last) = (chosen[0].First, chosen[^1].Last);
        await WriteAsync(
            async transaction =>
            {
                foreach (var row in chosen)
                {
                    await SegmentTable.DeleteAsync(transaction, row.Id, cancellationToken).ConfigureAwait(false);
                }

                if (merged.DocumentCount > 0)
                {
                    await SegmentTable.WriteAsync(transaction, merged, first, last, cancellationToken).ConfigureAwait(false);
                }

                await transaction.ExecuteAsync(
                    "DELETE FROM deletions WHERE id <= @id AND chunk BETWEEN @first AND @last", cancellationToken, ("@id", deletion), ("@first", first), ("@last", last)).ConfigureAwait(false);
                _collection = await _collection.StoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static int CountIn(List<int> sorted, SegmentRow row)
    {
        return Place(row.Last + 1) - Place(row.First);

        int Place(int chunk)
        {
            var at = sorted.BinarySearch(chunk);
            return at < 0 ? ~at : at;
        }
    }

    /// <summary>Runs a transaction; where it fails, nothing changes, here neither.</summary>
    private async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        var before = _collection;
        try
        {
            var transaction = await _database.BeginWriteAsync(_connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var result = await work(transaction).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
        catch (Exception exception)
        {
            _collection = before;
            if (exception is DbException)
            {
                throw _database.Explain(exception);
            }

            throw;
        }
        finally
        {
            _writing.Release();
        }
    }
}
