using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Search;

/// <summary>Finds passages of a collection: by their words, by the similarity of their vectors, or by both. Thread-safe.</summary>
public sealed class PassageSearch : IPassageSearch
{
    private readonly PassageStore _store;
    private readonly PassageSearchOptions _options;
    private readonly PassageEmbedder? _embedder;

    /// <summary>Creates the search.</summary>
    /// <param name="store">The collection, which stays the caller's.</param>
    /// <param name="options">How to search; null for the defaults.</param>
    /// <param name="embedder">The embedding model; null for none, and lexical searches only.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the mode needs an embedding model.</exception>
    public PassageSearch(PassageStore store, PassageSearchOptions? options = null, PassageEmbedder? embedder = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _options = options ?? new PassageSearchOptions();
        _options.Validate();
        _embedder = embedder;
        ThrowIfImpossible(_options.Mode, nameof(options));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.Validate();
        ThrowIfImpossible(query.Mode ?? _options.Mode, nameof(query));

        // An embedded database works on the caller's thread; the first search also loads the index.
        return Task.Run(() => FindAsync(query, cancellationToken), cancellationToken);
    }

    private async Task<IReadOnlyList<PassageHit>> FindAsync(PassageQuery query, CancellationToken cancellationToken)
    {
        var mode = query.Mode ?? _options.Mode;

        // Before the collection is opened: a model takes its time, and a view holds a state of the database.
        ReadOnlyMemory<float>? vector = mode == SearchMode.Lexical ? null : await _embedder!.EmbedAsync(query.Text, cancellationToken).ConfigureAwait(false);
        var view = await _store.OpenViewAsync(cancellationToken).ConfigureAwait(false);
        await using (view.ConfigureAwait(false))
        {
            if (mode != SearchMode.Lexical && view.Embedding != _embedder!.Name)
            {
                throw new RetrievalException(view.Embedding is null
                    ? $"Collection '{_store.Name}' has no vectors. Ingest it with the embedding model '{_embedder.Name}', or search by words."
                    : $"The vectors of collection '{_store.Name}' are of '{view.Embedding}', and this search uses '{_embedder.Name}'. Ingest it with the model of the search.");
            }

            var hits = mode switch
            {
                SearchMode.Lexical => await LexicalAsync(query.Top).ConfigureAwait(false),
                SearchMode.Dense => await DenseAsync(query.Top).ConfigureAwait(false),
                _ => RankFusion.Fuse(
                    [await LexicalAsync(Math.Max(query.Top, _options.FusionDepth)).ConfigureAwait(false), await DenseAsync(Math.Max(query.Top, _options.FusionDepth)).ConfigureAwait(false)],
                    _options.FusionConstant,
                    query.Top),
            };
            var passages = await view.ReadAsync([.. hits.Select(static hit => hit.Document)], cancellationToken).ConfigureAwait(false);
            return [.. hits.Select(hit => new PassageHit(passages[hit.Document], hit.Score))];

            Task<IReadOnlyList<SearchHit>> LexicalAsync(int count) => view.SearchAsync(QueryTerms.Of(BilingualAnalyzer.Queries, query.Text), count, query.Filter, cancellationToken);

            Task<IReadOnlyList<SearchHit>> DenseAsync(int count) => view.SearchAsync(vector!.Value, count, query.Filter, cancellationToken);
        }
    }

    private void ThrowIfImpossible(SearchMode mode, string parameter)
    {
        if (mode != SearchMode.Lexical && _embedder is null)
        {
            throw new ArgumentException($"{mode} search needs an embedding model. Give one, or search by words.", parameter);
        }
    }
}
