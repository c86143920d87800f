using System.Data.Common;
using System.Globalization;
using System.Text;
using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Storage;

/// <summary>A collection at one moment: what is searched and what is read agree, whatever is written meanwhile. Not thread-safe; for one request.</summary>
public sealed class PassageView : IAsyncDisposable
{
    private const string Columns = """
        SELECT c.id, c.hash, c.ordinal, c.heading_path, c.text, c.start_offset, c.end_offset, c.tokens, d.source, d.title, d.tags, d.metadata
        FROM chunks c JOIN documents d ON d.id = c.document
        """;

    private readonly PassageStore _store;
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly IndexState _state;
    private readonly PassageDatabase _database;

    internal PassageView(PassageStore store, PassageDatabase database, DbConnection connection, DbTransaction transaction, IndexState state)
    {
        _store = store;
        _connection = connection;
        _transaction = transaction;
        _state = state;
        _database = database;
    }

    /// <summary>Grows with every change of the collection.</summary>
    public long Version => _state.Collection.Version;

    /// <summary>Finds chunks by their words.</summary>
    /// <param name="terms">The terms of the query; see <see cref="Lexical.QueryTerms"/>.</param>
    /// <param name="count">The most hits wanted; at least 1.</param>
    /// <param name="filter">Which documents may be found.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Chunks, best first.</returns>
    /// <exception cref="RetrievalException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(IReadOnlyList<string> terms, int count, PassageFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Func<int, bool>? allows = filter.IsNone ? null : (await AllowedAsync(filter, cancellationToken).ConfigureAwait(false)).Contains;
        return _state.Searcher.Search(terms, count, allows, cancellationToken);
    }

    /// <summary>The model of the vectors.</summary>
    /// <value>Null where there are none.</value>
    public string? Embedding => _state.Collection.Embedding is { Length: > 0 } model ? model : null;

    /// <summary>Finds chunks by their vectors. Chunks without one are not found.</summary>
    /// <param name="vector">The query's vector, of the model of <see cref="Embedding"/>.</param>
    /// <param name="count">The most hits wanted; at least 1.</param>
    /// <param name="filter">Which documents may be found.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Chunks, best first, the cosine as their score.</returns>
    /// <exception cref="RetrievalException">
    /// The database cannot be read, the vector has no direction or another number of components than the stored ones, or those cannot be used.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">No hit is wanted.</exception>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(ReadOnlyMemory<float> vector, int count, PassageFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        try
        {
            var allowed = filter.IsNone ? null : await AllowedAsync(filter, cancellationToken).ConfigureAwait(false);
            var state = await _store.ReadVectorsAsync(_transaction, _state, cancellationToken).ConfigureAwait(false);
            if (state.Vectors is { } stored && stored.Dimensions != vector.Length)
            {
                throw new RetrievalException(
                    $"The query's vector has {vector.Length} components, and those of collection '{_database.Name}' have {stored.Dimensions}. Search with the model that it was filled with ('{Embedding}'), or remove the collection and ingest again.");
            }

            return state.Vectors?.Search(vector.Span, count, chunk => _state.Contains(chunk) && allowed?.Contains(chunk) != false, cancellationToken) ?? [];
        }
        catch (DbException exception)
        {
            throw _database.Explain(exception);
        }
        catch (ArgumentException exception)
        {
            // What a model gave, now or when the collection was filled; no caller can check that before.
            throw new RetrievalException(
                $"Collection '{_database.Name}' cannot be searched by vectors: {exception.Message} Where the query's vector is good, remove the collection and ingest again.", exception);
        }
    }

    /// <summary>Reads passages.</summary>
    /// <param name="chunks">Chunks of this view's searches.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Each chunk's passage.</returns>
    /// <exception cref="RetrievalException">The database cannot be read, or has no passage of a chunk.</exception>
    public async Task<IReadOnlyDictionary<int, Passage>> ReadAsync(IReadOnlyCollection<int> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        if (chunks.Count == 0)
        {
            return new Dictionary<int, Passage>(0);
        }

        // Numbers of our own: no text from outside comes into the statement.
        var statement = new StringBuilder(Columns).Append(" WHERE c.id IN (").AppendJoin(',', chunks).Append(')').ToString();
        try
        {
            var passages = await _transaction.ReadAsync(statement, Read, cancellationToken).ConfigureAwait(false);
            var read = passages.ToDictionary(static row => row.Chunk, static row => row.Passage);
            return chunks.All(read.ContainsKey)
                ? read
                : throw new RetrievalException($"The index of collection '{_database.Name}' is damaged: it names passages that the collection does not have. Remove the collection and ingest again.");
        }
        catch (DbException exception)
        {
            throw _database.Explain(exception);
        }
    }

    /// <summary>Every document with what is known of its bytes.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RetrievalException">The database cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, DocumentStamp>> ReadStampsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await StampTable.ReadAsync(_transaction, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            throw _database.Explain(exception);
        }
    }

    /// <summary>Counts what the collection holds.</summary>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <exception cref="RetrievalException">The database cannot be read.</exception>
    public async Task<CollectionStatistics> CountAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var documents = await _transaction.ScalarAsync("SELECT COUNT(*) FROM documents", cancellationToken).ConfigureAwait(false);
            var snapshot = _state.Searcher.Snapshot;
            return new CollectionStatistics(
                Convert.ToInt64(documents, CultureInfo.InvariantCulture), snapshot.DocumentCount, snapshot.Segments.Count, snapshot.Segments.Sum(static live => (long)live.Segment.ByteCount));
        }
        catch (DbException exception)
        {
            throw _database.Explain(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static (int Chunk, Passage Passage) Read(DbDataReader row) => (row.GetInt32(0), new Passage
    {
        Id = row.GetString(1),
        Ordinal = row.GetInt32(2),
        HeadingPath = StoredList.Read(row.GetString(3)),
        Text = row.GetString(4),
        Start = row.GetInt32(5),
        End = row.GetInt32(6),
        TokenCount = row.GetInt32(7),
        Source = row.GetString(8),
        Title = row.GetString(9),
        Tags = StoredList.Read(row.GetString(10)),
        Metadata = StoredList.ReadMap(row.GetString(11)),
    });

    private async Task<DocumentSet> AllowedAsync(PassageFilter filter, CancellationToken cancellationToken)
    {
        if (_state.TryGetFilter(filter, out var known))
        {
            return known!;
        }

        var statement = new StringBuilder("SELECT first_chunk, chunk_count FROM documents d WHERE 1 = 1");
        var parameters = new List<(string, object)>();
        foreach (var tag in filter.Tags)
        {
            statement.Append(CultureInfo.InvariantCulture, $" AND EXISTS (SELECT 1 FROM document_tags t WHERE t.document = d.id AND t.tag = @p{parameters.Count})");
            parameters.Add(($"@p{parameters.Count}", WellFormedText.Of(tag)));
        }

        foreach (var (key, value) in filter.Metadata)
        {
            statement.Append(CultureInfo.InvariantCulture, $" AND EXISTS (SELECT 1 FROM document_metadata m WHERE m.document = d.id AND m.key = @p{parameters.Count} AND m.value = @p{parameters.Count + 1})");
            parameters.Add(($"@p{parameters.Count}", WellFormedText.Of(key)));
            parameters.Add(($"@p{parameters.Count}", WellFormedText.Of(value)));
        }

        try
        {
            var ranges = await _transaction.ReadAsync(
                statement.ToString(), static row => (First: row.GetInt32(0), Count: row.GetInt32(1)), cancellationToken, [.. parameters]).ConfigureAwait(false);
            var allowed = new DocumentSet(ranges.SelectMany(static range => Enumerable.Range(range.First, range.Count)));
            _state.AddFilter(filter, allowed);
            return allowed;
        }
        catch (DbException exception)
        {
            throw _database.Explain(exception);
        }
    }
}
