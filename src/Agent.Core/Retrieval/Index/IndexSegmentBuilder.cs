namespace Agent.Core.Retrieval.Index;

/// <summary>Builds a segment from documents, in any order of their ids. Not thread-safe.</summary>
public sealed class IndexSegmentBuilder
{
    /// <summary>The longest term, in UTF-16 code units.</summary>
    public const int MaxTermLength = 256;

    private readonly Dictionary<string, PostingList> _terms = new(StringComparer.Ordinal);
    private readonly HashSet<int> _seen = [];
    private readonly List<int> _documents = [];
    private readonly List<int> _lengths = [];

    /// <summary>How many documents were added.</summary>
    public int DocumentCount => _documents.Count;

    /// <summary>Adds a document. Where it throws, nothing was added.</summary>
    /// <param name="document">Its id; 0 or more, once in a segment.</param>
    /// <param name="terms">Its terms in any order; the counts of one that comes again add up.</param>
    /// <param name="length">Its length in terms, by which BM25 divides; 0 or more.</param>
    /// <exception cref="ArgumentException">The id was added before, or a term is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public void Add(int document, ReadOnlySpan<TermCount> terms, int length)
    {
        ThrowIfRefused(document, terms, length);
        if (!_seen.Add(document))
        {
            throw new ArgumentException($"Document {document} is in the segment already. Give each document an id of its own.", nameof(document));
        }

        var ordinal = _documents.Count;
        _documents.Add(document);
        _lengths.Add(length);
        foreach (var (term, count) in terms)
        {
            if (!_terms.TryGetValue(term, out var list))
            {
                _terms.Add(term, list = new PostingList());
            }

            list.Add(ordinal, count);
        }
    }

    /// <summary>Refuses a document that no segment can hold.</summary>
    /// <exception cref="ArgumentException">A term is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    internal static void ThrowIfRefused(int document, ReadOnlySpan<TermCount> terms, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(document);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        foreach (var (term, count) in terms)
        {
            if (term is not { Length: > 0 and <= MaxTermLength })
            {
                throw new ArgumentException($"Document {document} has a term of {term?.Length ?? 0} characters; 1 to {MaxTermLength} are allowed.", nameof(terms));
            }

            if (count < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(terms), count, $"Document {document} has a term that occurs less than once.");
            }
        }
    }

    /// <summary>The segment of all documents added so far. More may be added afterwards for another one.</summary>
    /// <exception cref="InvalidOperationException">The segment would be larger than 2 GB.</exception>
    public IndexSegment Build()
    {
        var (documents, lengths) = (_documents.ToArray(), _lengths.ToArray());
        var places = Sort(documents, lengths);
        var terms = _terms.ToArray();
        Array.Sort(terms, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var most = terms.Length == 0 ? 0 : terms.Max(static term => term.Value.Frequency);
        var (ordinals, counts) = (new int[most], new int[most]);
        var writer = new SegmentWriter(documents, lengths);
        foreach (var (term, list) in terms)
        {
            var itsOrdinals = ordinals.AsSpan(0, list.Frequency);
            var itsCounts = counts.AsSpan(0, list.Frequency);
            list.CopyTo(itsOrdinals, itsCounts);
            if (places is not null)
            {
                foreach (ref var ordinal in itsOrdinals)
                {
                    ordinal = places[ordinal];
                }

                itsOrdinals.Sort(itsCounts);
            }

            writer.Add(term, itsOrdinals, itsCounts);
        }

        return writer.Finish();
    }

    /// <summary>Sorts documents by their ids.</summary>
    /// <returns>Where each has gone; null where they were in order.</returns>
    private static int[]? Sort(int[] documents, int[] lengths)
    {
        var isSorted = true;
        for (var i = 1; i < documents.Length; i++)
        {
            isSorted &= documents[i] > documents[i - 1];
        }

        if (isSorted)
        {
            return null;
        }

        var order = Enumerable.Range(0, documents.Length).ToArray();
        Array.Sort(documents, order);
        var before = (int[])lengths.Clone();
        var places = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            lengths[i] = before[order[i]];
            places[order[i]] = i;
        }

        return places;
    }
}
