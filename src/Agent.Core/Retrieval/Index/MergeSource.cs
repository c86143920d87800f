namespace Agent.Core.Retrieval.Index;

/// <summary>A segment that is being merged, at one of its terms.</summary>
internal sealed class MergeSource
{
    private readonly LiveDocuments _live;
    private readonly int[] _places;
    private readonly char[] _text = new char[IndexSegmentBuilder.MaxTermLength];
    private readonly string[] _terms = new string[TermDictionary.BlockTerms];
    private readonly TermEntry[] _entries = new TermEntry[TermDictionary.BlockTerms];
    private int _next;

    /// <summary>Begins before the first term.</summary>
    /// <param name="live">The segment.</param>
    /// <param name="documents">The ids of the merged segment, ascending.</param>
    public MergeSource(LiveDocuments live, int[] documents)
    {
        _live = live;
        _places = new int[live.Segment.DocumentCount];
        var place = 0;
        for (var ordinal = 0; ordinal < _places.Length; ordinal++)
        {
            if (!live.IsLive(ordinal))
            {
                _places[ordinal] = -1;
                continue;
            }

            while (documents[place] != live.Segment.Documents[ordinal])
            {
                place++;
            }

            _places[ordinal] = place;
        }
    }

    /// <summary>The current term.</summary>
    public string Term => _terms[(_next - 1) % TermDictionary.BlockTerms];

    /// <summary>Goes to the next term; false after the last.</summary>
    public bool MoveNext()
    {
        var dictionary = _live.Segment.Dictionary;
        if (_next == dictionary.Count)
        {
            return false;
        }

        if (_next % TermDictionary.BlockTerms == 0)
        {
            var reader = new TermReader(dictionary, _next / TermDictionary.BlockTerms, _text);
            for (var i = 0; i < TermDictionary.BlockTerms && reader.MoveNext(); i++)
            {
                (_terms[i], _entries[i]) = (reader.Term.ToString(), reader.Entry);
            }
        }

        _next++;
        return true;
    }

    /// <summary>Appends the living postings of the current term.</summary>
    /// <returns>Where the next source goes on.</returns>
    public int CopyTo(int[] ordinals, int[] counts, int at)
    {
        Span<int> blockOrdinals = stackalloc int[BitPacking.BlockSize];
        Span<int> blockCounts = stackalloc int[BitPacking.BlockSize];
        var entry = _entries[(_next - 1) % TermDictionary.BlockTerms];
        var postings = _live.Segment.PostingsOf(entry);
        var reader = new PostingsReader(postings, entry.Frequency, stackalloc Impact[ImpactFrontier.MaxImpacts]);
        while (reader.MoveNext())
        {
            reader.Current.ReadOrdinals(postings, blockOrdinals);
            reader.Current.ReadCounts(postings, blockCounts);
            for (var i = 0; i < reader.Current.Size; i++)
            {
                var place = _places[blockOrdinals[i]];
                if (place >= 0)
                {
                    ordinals[at] = place;
                    counts[at++] = blockCounts[i];
                }
            }
        }

        return at;
    }
}
