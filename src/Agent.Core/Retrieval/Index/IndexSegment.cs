namespace Agent.Core.Retrieval.Index;

/// <summary>
/// An inverted index of a set of documents: sorted terms, and for each its documents with counts, packed in blocks of 128 that name their last
/// document and their best impacts. Immutable and thread-safe. Nothing is read or written but memory.
/// </summary>
public sealed class IndexSegment
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly ReadOnlyMemory<byte> _postings;

    internal IndexSegment(ReadOnlyMemory<byte> bytes, SegmentHeader header, int[] documents, int[] lengths)
    {
        _bytes = bytes;
        Header = header;
        Documents = documents;
        Lengths = lengths;
        var blocks = bytes.Slice(SegmentHeader.Size + header.DocumentBytes, 4 * header.DictionaryBlocks);
        var entries = bytes.Slice(SegmentHeader.Size + header.DocumentBytes + blocks.Length, header.DictionaryBytes);
        Dictionary = new TermDictionary(blocks, entries, header.Terms);
        _postings = bytes[(bytes.Length - header.PostingBytes)..];
    }

    /// <summary>A segment without documents.</summary>
    public static IndexSegment Empty { get; } = new SegmentWriter([], []).Finish();

    /// <summary>How many documents the segment covers, deleted ones included.</summary>
    public int DocumentCount => Header.Documents;

    /// <summary>How many different terms the segment has.</summary>
    public int TermCount => Header.Terms;

    /// <summary>The sum of the lengths of its documents.</summary>
    public long TotalLength => Header.TotalLength;

    /// <summary>The ids of its documents, ascending. A document's place in this list is its ordinal.</summary>
    public ReadOnlySpan<int> DocumentIds => Documents;

    /// <summary>Bytes of the serialised segment.</summary>
    public int ByteCount => _bytes.Length;

    internal SegmentHeader Header { get; }

    internal int[] Documents { get; }

    internal int[] Lengths { get; }

    internal TermDictionary Dictionary { get; }

    /// <summary>
    /// Makes a segment of what <see cref="ToBytes"/> gave. Everything is checked, every posting included; the postings stay where they are.
    /// </summary>
    /// <param name="bytes">The serialised segment. The segment keeps it: it must not change any more.</param>
    /// <exception cref="IndexFormatException">The bytes are not a segment, or damaged.</exception>
    public static IndexSegment Load(ReadOnlyMemory<byte> bytes)
    {
        var header = SegmentHeader.Read(bytes.Span);
        var (documents, lengths) = SegmentVerification.ReadDocuments(bytes.Span.Slice(SegmentHeader.Size, header.DocumentBytes), header);
        var segment = new IndexSegment(bytes, header, documents, lengths);
        SegmentVerification.Verify(segment);
        return segment;
    }

    /// <summary>The serialised segment, for <see cref="Load"/>. It is not a copy.</summary>
    public ReadOnlyMemory<byte> ToBytes() => _bytes;

    /// <summary>The ordinal of a document.</summary>
    /// <param name="document">A document id.</param>
    /// <returns>The ordinal; negative if the segment does not cover the document.</returns>
    public int OrdinalOf(int document) => Array.BinarySearch(Documents, document);

    /// <summary>In how many documents of the segment a term occurs, deleted ones included.</summary>
    /// <param name="term">The term.</param>
    public int DocumentFrequency(ReadOnlySpan<char> term) => Dictionary.TryFind(term, out var entry) ? entry.Frequency : 0;

    internal ReadOnlySpan<byte> PostingsOf(in TermEntry entry) => _postings.Span.Slice(entry.Offset, entry.Length);

    internal ReadOnlyMemory<byte> PostingsMemory(in TermEntry entry) => _postings.Slice(entry.Offset, entry.Length);
}
