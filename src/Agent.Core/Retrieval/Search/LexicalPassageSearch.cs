using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Search;

/// <summary>Finds the passages of a collection by their words. Thread-safe.</summary>
/// <param name="store">The collection, which stays the caller's.</param>
public sealed class LexicalPassageSearch(PassageStore store) : IPassageSearch
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.Validate();
        if (query.Mode is { } mode and not SearchMode.Lexical)
        {
            throw new ArgumentException($"This search is lexical; {mode} needs an embedding model. Configure one, or leave the mode out.", nameof(query));
        }

        // An embedded database works on the caller's thread; the first search also loads the index.
        return Task.Run(() => FindAsync(query, cancellationToken), cancellationToken);
    }

    private async Task<IReadOnlyList<PassageHit>> FindAsync(PassageQuery query, CancellationToken cancellationToken)
    {
        var terms = QueryTerms.Of(BilingualAnalyzer.Queries, query.Text);
        var view = await store.OpenViewAsync(cancellationToken).ConfigureAwait(false);
        await using (view.ConfigureAwait(false))
        {
            var hits = await view.SearchAsync(terms, query.Top, query.Filter, cancellationToken).ConfigureAwait(false);
            var passages = await view.ReadAsync([.. hits.Select(hit => hit.Document)], cancellationToken).ConfigureAwait(false);
            return [.. hits.Select(hit => new PassageHit(passages[hit.Document], hit.Score))];
        }
    }
}
