namespace Agent.Core.Retrieval.Index;

/// <summary>Which documents of a segment still live: a bitmap, none where all do. Immutable and thread-safe.</summary>
public sealed class LiveDocuments
{
    private readonly ulong[]? _bits;

    // One more than the living documents of each term; 0 where they were not counted yet.
    private int[]? _frequencies;

    private LiveDocuments(IndexSegment segment, ulong[]? bits, int count, long totalLength)
    {
        Segment = segment;
        _bits = bits;
        Count = count;
        TotalLength = totalLength;
    }

    /// <summary>The segment.</summary>
    public IndexSegment Segment { get; }

    /// <summary>How many documents live.</summary>
    public int Count { get; }

    /// <summary>The sum of their lengths.</summary>
    public long TotalLength { get; }

    /// <summary>Whether no document was deleted.</summary>
    public bool IsComplete => _bits is null;

    /// <summary>All documents of a segment live.</summary>
    /// <param name="segment">The segment.</param>
    public static LiveDocuments All(IndexSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return new LiveDocuments(segment, null, segment.DocumentCount, segment.TotalLength);
    }

    /// <summary>The same without some documents.</summary>
    /// <param name="documents">Document ids; those that are not here, or no longer, change nothing.</param>
    public LiveDocuments Without(IEnumerable<int> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var (bits, count, length) = ((ulong[]?)null, Count, TotalLength);
        foreach (var document in documents)
        {
            var ordinal = Segment.OrdinalOf(document);
            if (ordinal < 0 || !IsLive(ordinal))
            {
                continue;
            }

            bits ??= _bits is null ? Full(Segment.DocumentCount) : (ulong[])_bits.Clone();
            var bit = 1UL << (ordinal & 63);
            if ((bits[ordinal >> 6] & bit) != 0)
            {
                bits[ordinal >> 6] &= ~bit;
                count--;
                length -= Segment.Lengths[ordinal];
            }
        }

        return bits is null ? this : new LiveDocuments(Segment, bits, count, length);
    }

    /// <summary>Whether a document is in the segment and lives.</summary>
    /// <param name="document">The document's id.</param>
    public bool Contains(int document) => Segment.OrdinalOf(document) is var ordinal and >= 0 && IsLive(ordinal);

    internal bool IsLive(int ordinal) => _bits is null || ((_bits[ordinal >> 6] >> (ordinal & 63)) & 1) != 0;

    /// <summary>In how many living documents a term occurs. Counted once for each term.</summary>
    internal int FrequencyOf(in TermEntry entry)
    {
        if (_bits is null)
        {
            return entry.Frequency;
        }

        // Two searches may count the same: they store the same number.
        var frequencies = Volatile.Read(ref _frequencies) ?? Interlocked.CompareExchange(ref _frequencies, new int[Segment.TermCount], null) ?? _frequencies;
        var known = Volatile.Read(ref frequencies[entry.Ordinal]);
        if (known == 0)
        {
            known = CountLive(entry) + 1;
            Volatile.Write(ref frequencies[entry.Ordinal], known);
        }

        return known - 1;
    }

    private int CountLive(in TermEntry entry)
    {
        Span<int> ordinals = stackalloc int[BitPacking.BlockSize];
        var postings = Segment.PostingsOf(entry);
        var reader = new PostingsReader(postings, entry.Frequency, stackalloc Impact[ImpactFrontier.MaxImpacts]);
        var count = 0;
        while (reader.MoveNext())
        {
            reader.Current.ReadOrdinals(postings, ordinals);
            foreach (var ordinal in ordinals[..reader.Current.Size])
            {
                count += IsLive(ordinal) ? 1 : 0;
            }
        }

        return count;
    }

    private static ulong[] Full(int documents)
    {
        var bits = new ulong[(documents + 63) / 64];
        Array.Fill(bits, ulong.MaxValue);
        if ((documents & 63) != 0)
        {
            bits[^1] = (1UL << (documents & 63)) - 1;
        }

        return bits;
    }
}
