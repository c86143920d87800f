using System.Data.Common;
using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Storage;

/// <summary>
/// A collection of passages: documents, their chunks and the inverted index over them, in one database. Reads go on while somebody writes, and
/// see whole documents only. What others write, in other processes too, is seen by the next view. Thread-safe.
/// </summary>
/// <remarks>
/// The index lies in memory from the first search on: segments as they are stored, and the chunks that came after the last one analysed anew.
/// A view compares one number with the database; where it grew, segments, chunks and deletions that are new are read, nothing else.
/// </remarks>
public sealed class PassageStore : IAsyncDisposable
{
    private readonly PassageDatabase _database;
    private readonly PassageStoreOptions _options;
    private readonly IndexStateReader _index;
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile IndexState? _state;
    private volatile VectorState? _vectors;

    /// <summary>Names the collection; nothing is opened yet.</summary>
    /// <param name="database">The database, which the store owns from now on.</param>
    /// <param name="options">How it is searched and written; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public PassageStore(PassageDatabase database, PassageStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _options = options ?? new PassageStoreOptions();
        _options.Validate();
        _index = new IndexStateReader(BilingualAnalyzer.Documents, _options.Ranking, _options.SegmentChunks);
    }

    /// <summary>What the collection is called.</summary>
    public string Name => _database.Name;

    /// <summary>Opens the collection as it is now, for searches and reads that must agree with each other. Keep it for one request.</summary>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="RetrievalException">There is no such collection, it cannot be read, or it is damaged.</exception>
    public async Task<PassageView> OpenViewAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (!await _database.ExistsAsync(cancellationToken).ConfigureAwait(false))
            {
                throw Missing();
            }

            while (true)
            {
                if (await TryOpenViewAsync(cancellationToken).ConfigureAwait(false) is { } view)
                {
                    return view;
                }
            }
        }
        catch (Exception exception) when (exception is DbException or IndexFormatException)
        {
            throw Explain(exception);
        }
    }

    /// <summary>Opens the collection for writing, and creates it where it is missing. There is one writer at a time, in all processes.</summary>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="RetrievalException">Somebody else writes, or the collection cannot be written.</exception>
    public async Task<PassageWriter> OpenWriterAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await PassageWriter.OpenAsync(_database, _index, _options.SegmentChunks, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or IndexFormatException or IOException or UnauthorizedAccessException)
        {
            throw Explain(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        _refreshing.Dispose();
    }

    private RetrievalException Missing() => new($"There is no collection '{Name}'. Fill one with: agent ingest PATH --collection {Name}");

    private RetrievalException Explain(Exception exception) => exception is IndexFormatException
        ? new RetrievalException($"The index of collection '{Name}' is damaged: {exception.Message}. Remove the collection and ingest again.", exception)
        : _database.Explain(exception);

    /// <summary>The vectors of a version, and perhaps some that came later.</summary>
    internal async Task<VectorState> ReadVectorsAsync(DbTransaction transaction, IndexState index, CancellationToken cancellationToken)
    {
        if (IsGood(_vectors))
        {
            return _vectors!;
        }

        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsGood(_vectors))
            {
                return _vectors!;
            }

            var read = await VectorStateReader.ReadAsync(transaction, index, _vectors, cancellationToken).ConfigureAwait(false);

            // A view may be older than what others hold already.
            return _vectors is { } held && CollectionRow.OriginOf(held.Version) == index.Collection.Origin && held.Version >= read.Version ? read : _vectors = read;
        }
        finally
        {
            _refreshing.Release();
        }

        bool IsGood(VectorState? state) =>
            state is not null && state.Version >= index.Collection.Version && CollectionRow.OriginOf(state.Version) == index.Collection.Origin && state.Embedding == index.Collection.Embedding;
    }

    /// <summary>Null where another caller has gone on to a later version meanwhile.</summary>
    private async Task<PassageView?> TryOpenViewAsync(CancellationToken cancellationToken)
    {
        var known = _state;
        var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        DbTransaction? transaction = null;
        PassageView? view = null;
        try
        {
            transaction = await _database.BeginReadAsync(connection, cancellationToken).ConfigureAwait(false);
            var collection = await CollectionRow.ReadAsync(transaction, Name, cancellationToken).ConfigureAwait(false) ?? throw Missing();
            var state = known;
            if (state?.Collection.Version != collection.Version)
            {
                state = await RefreshAsync(transaction, collection, known, cancellationToken).ConfigureAwait(false);
            }

            if (state.Collection.Version == collection.Version)
            {
                view = new PassageView(this, _database, connection, transaction, state);
            }

            return view;
        }
        finally
        {
            if (view is null)
            {
                if (transaction is not null)
                {
                    await transaction.DisposeAsync().ConfigureAwait(false);
                }

                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The state of a transaction, or the later one of another caller.</summary>
    /// <param name="transaction">Reads one version throughout.</param>
    /// <param name="collection">The collection's row in that version.</param>
    /// <param name="known">
    /// The state before the transaction began. Where it is a later one, the collection was removed and filled anew or the database restored.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    private async Task<IndexState> RefreshAsync(DbTransaction transaction, CollectionRow collection, IndexState? known, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var state = _state;
            if (state is null || state.Collection.Version < collection.Version || (state == known && state.Collection.Version > collection.Version))
            {
                if (collection.Analyzer != BilingualAnalyzer.Documents.Id)
                {
                    throw new RetrievalException($"Collection '{Name}' was indexed by another version of the text analysis. Run agent ingest on it once; the index is then built anew, no document is read again.");
                }

                if (state?.Collection.Version > collection.Version)
                {
                    // Numbers that the vectors in memory have are given to others now.
                    _vectors = null;
                }

                _state = state = await _index.ReadAsync(transaction, collection, state, cancellationToken).ConfigureAwait(false);
            }

            return state;
        }
        finally
        {
            _refreshing.Release();
        }
    }
}
