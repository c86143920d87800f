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
    private readonly IAsyncDisposable _lock;
    private readonly WriterTransactions _transactions;
    private readonly SegmentMerging _merging;
    private readonly DeltaSegment _waiting = new();

    private PassageWriter(PassageDatabase database, IndexStateReader index, int segmentChunks, IAsyncDisposable @lock, WriterTransactions transactions)
    {
        _database = database;
        _index = index;
        _segmentChunks = segmentChunks;
        _lock = @lock;
        _transactions = transactions;
        _merging = new SegmentMerging(database, transactions);
    }

    internal static async Task<PassageWriter> OpenAsync(PassageDatabase database, IndexStateReader index, int segmentChunks, CancellationToken cancellationToken)
    {
        var @lock = await database.LockAsync(cancellationToken).ConfigureAwait(false);
        PassageWriter? writer = null;
        try
        {
            writer = new PassageWriter(database, index, segmentChunks, @lock, await WriterTransactions.OpenAsync(database, cancellationToken).ConfigureAwait(false));
            await writer.TakeUpAsync(cancellationToken).ConfigureAwait(false);
            return writer;
        }
        catch
        {
            await (writer ?? @lock).DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Every document with what is known of its bytes.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RetrievalException">The database cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, DocumentStamp>> ReadStampsAsync(CancellationToken cancellationToken = default) => _transactions.RunAsync(
        transaction => StampTable.ReadAsync(transaction, cancellationToken), cancellationToken);

    /// <summary>Stores a document, in place of one of the same source.</summary>
    /// <param name="document">The document.</param>
    /// <param name="cancellationToken">Ends the storing; nothing of the document is stored then.</param>
    /// <exception cref="RetrievalException">The database cannot be written, or the collection is full; what was there stays.</exception>
    /// <exception cref="OperationCanceledException">The storing was ended; what was there stays.</exception>
    /// <exception cref="ArgumentException">A term is empty or too long, or a number out of range; what was there stays.</exception>
    public async Task PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        document = StorableDocument.Of(document);
        TermCount[][] terms = [.. document.Chunks.Select(static chunk => chunk.Terms as TermCount[] ?? [.. chunk.Terms])];
        for (var i = 0; i < terms.Length; i++)
        {
            // What the index would refuse must not be stored either.
            IndexSegmentBuilder.ThrowIfRefused(i, terms[i], document.Chunks[i].Length);
        }

        // Before and not behind the document: where this fails, the document is not stored, and otherwise it is.
        if (_waiting.DocumentCount >= _segmentChunks)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        var stored = await _transactions.RunAsync(
            async transaction =>
            {
                if (_transactions.Collection.NextChunk > int.MaxValue - document.Chunks.Count)
                {
                    throw new RetrievalException($"Collection '{_database.Name}' has given out all its numbers. Remove it and ingest again.");
                }

                // What stays the same of a document keeps its vectors: embedding is the dearest part of an ingest.
                var vectors = _transactions.Collection.Embedding.Length > 0 ? await VectorTable.OfDocumentAsync(transaction, document.Source, cancellationToken).ConfigureAwait(false) : [];
                var gone = await DocumentTable.DeleteAsync(transaction, document.Source, cancellationToken).ConfigureAwait(false);
                var next = _transactions.Collection.NextChunk;
                await DocumentTable.InsertAsync(_database, transaction, document, next, cancellationToken).ConfigureAwait(false);
                if (vectors.Count > 0)
                {
                    var kept = document.Chunks
                        .Select((indexed, i) => (Chunk: next + i, Bytes: vectors.GetValueOrDefault(indexed.Chunk.Id)))
                        .Where(static row => row.Bytes is not null)
                        .Select(static row => new VectorRow(row.Chunk, row.Bytes));
                    await VectorTable.InsertAsync(transaction, kept, cancellationToken).ConfigureAwait(false);
                }

                await _transactions.StoreAsync(transaction, _transactions.Collection with { NextChunk = next + document.Chunks.Count }, cancellationToken).ConfigureAwait(false);
                return (Gone: gone, First: next);
            },
            cancellationToken).ConfigureAwait(false);
        Forget(stored.Gone);
        for (var i = 0; i < document.Chunks.Count; i++)
        {
            _waiting.Set(stored.First + i, terms[i], document.Chunks[i].Length);
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
        var gone = await _transactions.RunAsync(
            async transaction =>
            {
                var range = await DocumentTable.DeleteAsync(transaction, source, cancellationToken).ConfigureAwait(false);
                await _transactions.StoreAsync(transaction, _transactions.Collection, cancellationToken).ConfigureAwait(false);
                return range;
            },
            cancellationToken).ConfigureAwait(false);
        Forget(gone);
        _merging.Start();
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
        return _transactions.RunAsync(transaction => DocumentTable.TouchAsync(transaction, source, stamp, cancellationToken), cancellationToken);
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
        return _transactions.RunAsync(
            async transaction =>
            {
                if (_transactions.Collection.Embedding != model)
                {
                    await transaction.ExecuteAsync("DELETE FROM vectors", cancellationToken).ConfigureAwait(false);
                    await _transactions.StoreAsync(transaction, _transactions.Collection with { Embedding = model }, cancellationToken).ConfigureAwait(false);
                }

                return await VectorTable.MissingAsync(transaction, after, count, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Stores the vectors of chunks, all or none.</summary>
    /// <param name="vectors">Vectors of chunks that have none.</param>
    /// <param name="cancellationToken">Ends the storing; none of them is stored then.</param>
    /// <exception cref="RetrievalException">The database cannot be written, or a vector has another number of components than the stored ones.</exception>
    public Task PutVectorsAsync(IReadOnlyList<VectorRow> vectors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return _transactions.RunAsync(
            async transaction =>
            {
                var size = await VectorTable.SizeAsync(transaction, cancellationToken).ConfigureAwait(false) ?? (vectors.Count > 0 ? vectors[0].Bytes.Length : 0);
                foreach (var vector in vectors)
                {
                    ThrowIfOfAnotherSize(vector.Bytes.Length, size);
                }

                await VectorTable.InsertAsync(transaction, vectors, cancellationToken).ConfigureAwait(false);
                await _transactions.StoreAsync(transaction, _transactions.Collection, cancellationToken).ConfigureAwait(false);
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

        await _merging.Work.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a merge that runs (nothing is lost by it), and lets another writer in.</summary>
    public async ValueTask DisposeAsync()
    {
        await _merging.DisposeAsync().ConfigureAwait(false);
        await _transactions.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes up what an earlier writer left waiting.</summary>
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        var after = _transactions.Collection.IndexedThrough;
        while (true)
        {
            var texts = await _transactions.RunAsync(transaction => _index.WaitingAsync(transaction, after, _segmentChunks, cancellationToken), cancellationToken).ConfigureAwait(false);
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

        _merging.Start();
    }

    private void ThrowIfOfAnotherSize(int bytes, int size)
    {
        // Stored, it would make every search by vectors fail.
        if (bytes != size)
        {
            throw new RetrievalException(
                $"The model '{_transactions.Collection.Embedding}' gave vectors of {bytes / sizeof(float)} components, and those of collection '{_database.Name}' have {size / sizeof(float)}. Use the model that gave those, or remove the collection and ingest again.");
        }
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
        await _transactions.RunAsync(
            async transaction =>
            {
                await SegmentTable.WriteAsync(transaction, segment, segment.DocumentIds[0], through, cancellationToken).ConfigureAwait(false);

                // Chunks that came and went before they were in a segment.
                await transaction.ExecuteAsync(
                    "DELETE FROM deletions WHERE chunk > @before AND chunk <= @through", cancellationToken, ("@before", _transactions.Collection.IndexedThrough), ("@through", through)).ConfigureAwait(false);
                await _transactions.StoreAsync(transaction, _transactions.Collection with { IndexedThrough = through }, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        _waiting.Clear();
        _merging.Start();
    }
}
