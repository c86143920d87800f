namespace Agent.Core.Retrieval.Index;

/// <summary>
/// Finds the documents that score best by BM25. What is found is exactly what scoring every document finds, to the last bit; equal scores are
/// ordered by ascending document id. Immutable; any number of searches may run at once.
/// </summary>
public sealed class IndexSearcher
{
    /// <summary>The most terms of a query, repeated ones included.</summary>
    public const int MaxQueryTerms = 128;

    private readonly Bm25Options _options;

    /// <summary>Creates a searcher.</summary>
    /// <param name="snapshot">What to search.</param>
    /// <param name="options">The parameters of BM25; null for the defaults.</param>
    public IndexSearcher(IndexSnapshot snapshot, Bm25Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Snapshot = snapshot;
        _options = options ?? new Bm25Options();
    }

    /// <summary>What is searched.</summary>
    public IndexSnapshot Snapshot { get; }

    /// <summary>Finds documents with at least one of the terms.</summary>
    /// <param name="terms">The terms of the query, as the index has them; at most <see cref="MaxQueryTerms"/>. One that comes twice weighs twice.</param>
    /// <param name="count">The most hits wanted; at least 1.</param>
    /// <param name="filter">
    /// Tells by its id whether a document is wanted; asked on the caller's thread for documents that may be among the best only. It does not change
    /// the scores. Null wants all.
    /// </param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The hits, best first; fewer if fewer match.</returns>
    /// <exception cref="ArgumentException">There are too many terms, or one is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No hit is wanted.</exception>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public IReadOnlyList<SearchHit> Search(
        IReadOnlyList<string> terms, int count, Func<int, bool>? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (terms.Count > MaxQueryTerms)
        {
            throw new ArgumentException($"The query has {terms.Count} terms; at most {MaxQueryTerms} are allowed. Leave out the commonest.", nameof(terms));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var segments = Snapshot.Segments;
        var found = new List<(TermEntry?[] Entries, TermWeight Weight)>();
        foreach (var (term, occurrences) in terms.CountBy(static term => term, StringComparer.Ordinal))
        {
            var entries = new TermEntry?[segments.Count];
            long frequency = 0;
            for (var i = 0; i < entries.Length; i++)
            {
                if (segments[i].Segment.Dictionary.TryFind(term, out var entry))
                {
                    entries[i] = entry;
                    frequency += segments[i].FrequencyOf(entry);
                }
            }

            if (frequency > 0)
            {
                found.Add((entries, new TermWeight(_options, Snapshot.DocumentCount, Snapshot.AverageLength, frequency, occurrences)));
            }
        }

        var top = new TopHits((int)Math.Min(count, Snapshot.DocumentCount));
        for (var i = 0; i < segments.Count; i++)
        {
            PostingsCursor[] cursors =
            [
                .. from term in found
                   where term.Entries[i] is not null
                   select new PostingsCursor(segments[i].Segment, term.Entries[i]!.Value, term.Weight),
            ];
            if (cursors.Length > 0)
            {
                using var search = new SegmentSearch(segments[i], cursors, filter, top);
                search.Run(cancellationToken);
            }
        }

        return top.ToArray();
    }
}
