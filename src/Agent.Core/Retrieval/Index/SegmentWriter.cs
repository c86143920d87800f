using System.Buffers.Binary;
using System.Numerics;

namespace Agent.Core.Retrieval.Index;

/// <summary>Writes a segment term by term. The same documents and terms always give the same bytes. Not thread-safe.</summary>
internal sealed class SegmentWriter
{
    private readonly int[] _documents;
    private readonly int[] _lengths;
    private readonly ByteSink _blocks = new();
    private readonly ByteSink _dictionary = new();
    private readonly ByteSink _postings = new();
    private readonly ByteSink _directory = new();
    private readonly ByteSink _data = new();
    private readonly int[] _packed = new int[BitPacking.BlockSize];
    private readonly Impact[] _impacts = new Impact[BitPacking.BlockSize];
    private readonly char[] _previous = new char[IndexSegmentBuilder.MaxTermLength];
    private int _previousLength;
    private int _terms;

    /// <summary>Begins a segment.</summary>
    /// <param name="documents">Document ids, ascending.</param>
    /// <param name="lengths">Their lengths.</param>
    public SegmentWriter(int[] documents, int[] lengths) => (_documents, _lengths) = (documents, lengths);

    /// <summary>Adds a term; terms come in ordinal order.</summary>
    /// <param name="term">The term.</param>
    /// <param name="ordinals">Places in the list of documents, ascending; at least one.</param>
    /// <param name="counts">How often the term occurs in each.</param>
    public void Add(ReadOnlySpan<char> term, ReadOnlySpan<int> ordinals, ReadOnlySpan<int> counts)
    {
        var start = _postings.Length;
        if (ordinals.Length < BitPacking.BlockSize)
        {
            WriteTail(_postings, ordinals, counts, -1);
        }
        else
        {
            WriteBlocks(ordinals, counts);
        }

        WriteEntry(term, ordinals.Length, start);
    }

    /// <summary>The whole segment.</summary>
    public IndexSegment Finish()
    {
        var documents = new ByteSink();
        var before = -1;
        foreach (var document in _documents)
        {
            documents.WriteNumber(document - before - 1);
            before = document;
        }

        long total = 0;
        foreach (var length in _lengths)
        {
            documents.WriteNumber(length);
            total += length;
        }

        var header = new SegmentHeader(_documents.Length, _terms, documents.Length, _dictionary.Length, _postings.Length, total);
        if (header.TotalBytes > Array.MaxLength)
        {
            throw new InvalidOperationException("The segment would be larger than 2 GB. Divide the documents among several segments.");
        }

        var bytes = new byte[header.TotalBytes];
        var rest = bytes.AsSpan(SegmentHeader.Size);
        foreach (var section in (ReadOnlySpan<ByteSink>)[documents, _blocks, _dictionary, _postings])
        {
            section.Written.CopyTo(rest);
            rest = rest[section.Length..];
        }

        header.Write(bytes);
        return new IndexSegment(bytes, header, _documents, _lengths);
    }

    private void WriteBlocks(ReadOnlySpan<int> ordinals, ReadOnlySpan<int> counts)
    {
        _directory.Clear();
        _data.Clear();
        var before = -1;
        for (var at = 0; at < ordinals.Length; at += BitPacking.BlockSize)
        {
            var size = Math.Min(BitPacking.BlockSize, ordinals.Length - at);
            var blockOrdinals = ordinals.Slice(at, size);
            var blockCounts = counts.Slice(at, size);
            _directory.WriteNumber(blockOrdinals[^1] - before - size);
            if (size == BitPacking.BlockSize)
            {
                WritePacked(blockOrdinals, blockCounts, before);
            }
            else
            {
                WriteTail(_data, blockOrdinals, blockCounts, before);
            }

            WriteImpacts(blockOrdinals, blockCounts);
            before = blockOrdinals[^1];
        }

        _postings.WriteNumber(_directory.Length);
        _postings.Write(_directory.Written);
        _postings.Write(_data.Written);
    }

    private void WritePacked(ReadOnlySpan<int> ordinals, ReadOnlySpan<int> counts, int before)
    {
        var all = 0;
        for (var i = 0; i < ordinals.Length; i++)
        {
            all |= _packed[i] = ordinals[i] - before - 1;
            before = ordinals[i];
        }

        WritePacked(all);
        all = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            all |= _packed[i] = counts[i] - 1;
        }

        WritePacked(all);
    }

    private void WritePacked(int all)
    {
        var bits = 32 - BitOperations.LeadingZeroCount((uint)all);
        _directory.WriteByte((byte)bits);
        BitPacking.Pack(_packed, bits, _data.Reserve(BitPacking.PackedBytes(bits)));
    }

    private void WriteImpacts(ReadOnlySpan<int> ordinals, ReadOnlySpan<int> counts)
    {
        for (var i = 0; i < ordinals.Length; i++)
        {
            _impacts[i] = new Impact(counts[i], _lengths[ordinals[i]]);
        }

        var kept = ImpactFrontier.Reduce(_impacts.AsSpan(0, ordinals.Length));
        _directory.WriteNumber(kept);
        foreach (var impact in _impacts.AsSpan(0, kept))
        {
            _directory.WriteNumber(impact.Count);
            _directory.WriteNumber(impact.Length);
        }
    }

    private static void WriteTail(ByteSink sink, ReadOnlySpan<int> ordinals, ReadOnlySpan<int> counts, int before)
    {
        for (var i = 0; i < ordinals.Length; i++)
        {
            sink.WriteNumber(ordinals[i] - before - 1);
            sink.WriteNumber(counts[i] - 1);
            before = ordinals[i];
        }
    }

    private void WriteEntry(ReadOnlySpan<char> term, int frequency, int start)
    {
        var prefix = 0;
        if (_terms++ % TermDictionary.BlockTerms == 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_blocks.Reserve(4), _dictionary.Length);
            _dictionary.WriteNumber(start);
        }
        else
        {
            prefix = term.CommonPrefixLength(_previous.AsSpan(0, _previousLength));
            _dictionary.WriteNumber(prefix);
        }

        _dictionary.WriteNumber(term.Length - prefix);
        foreach (var unit in term[prefix..])
        {
            _dictionary.WriteNumber(unit);
        }

        _dictionary.WriteNumber(frequency);
        _dictionary.WriteNumber(_postings.Length - start);
        term.CopyTo(_previous);
        _previousLength = term.Length;
    }
}
