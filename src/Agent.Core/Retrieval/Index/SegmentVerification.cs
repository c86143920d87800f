namespace Agent.Core.Retrieval.Index;

/// <summary>Checks what a checksum does not: that no number of a segment leads outside it and no bound is too low, whoever made the bytes.</summary>
internal static class SegmentVerification
{
    /// <summary>Reads the ids and lengths of the documents.</summary>
    /// <exception cref="IndexFormatException">They are damaged.</exception>
    public static (int[] Documents, int[] Lengths) ReadDocuments(ReadOnlySpan<byte> section, SegmentHeader header)
    {
        var (documents, lengths) = (new int[header.Documents], new int[header.Documents]);
        var reader = new ByteReader(section);
        long document = -1;
        for (var i = 0; i < documents.Length; i++)
        {
            document += reader.ReadNumber() + 1L;
            documents[i] = document <= int.MaxValue ? (int)document : throw new IndexFormatException("a document id is larger than 2^31 - 1");
        }

        long total = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            total += lengths[i] = reader.ReadNumber();
        }

        if (reader.Remaining != 0 || total != header.TotalLength)
        {
            throw new IndexFormatException("the documents do not fit their section or the header");
        }

        return (documents, lengths);
    }

    /// <summary>Reads the whole dictionary and every posting.</summary>
    /// <exception cref="IndexFormatException">Something does not fit.</exception>
    public static void Verify(IndexSegment segment)
    {
        var dictionary = segment.Dictionary;
        Span<char> text = stackalloc char[IndexSegmentBuilder.MaxTermLength];
        Span<char> before = stackalloc char[IndexSegmentBuilder.MaxTermLength];
        Span<int> ordinals = stackalloc int[BitPacking.BlockSize];
        Span<int> counts = stackalloc int[BitPacking.BlockSize];
        Span<Impact> impacts = stackalloc Impact[ImpactFrontier.MaxImpacts];
        var beforeLength = 0;
        var offset = 0;
        var terms = dictionary.Read(text);
        for (var i = 0; i < dictionary.Count; i++)
        {
            if (i % TermDictionary.BlockTerms == 0 && dictionary.BlockOffset(i / TermDictionary.BlockTerms) != terms.Position)
            {
                throw new IndexFormatException("a block of the dictionary is not where it should be");
            }

            terms.MoveNext();
            var entry = terms.Entry;
            if (terms.Term.SequenceCompareTo(before[..beforeLength]) <= 0)
            {
                throw new IndexFormatException("the terms are not in order");
            }

            if (entry.Offset != offset || entry.Length > segment.Header.PostingBytes - offset
                || entry.Frequency == 0 || entry.Frequency > segment.DocumentCount)
            {
                throw new IndexFormatException("the postings of a term lie outside their section");
            }

            Verify(segment.PostingsOf(entry), entry.Frequency, segment.Lengths, ordinals, counts, impacts);
            offset += entry.Length;
            terms.Term.CopyTo(before);
            beforeLength = terms.Term.Length;
        }

        if (offset != segment.Header.PostingBytes || terms.Remaining != 0)
        {
            throw new IndexFormatException("the dictionary and the postings do not fit each other");
        }
    }

    private static void Verify(ReadOnlySpan<byte> postings, int frequency, int[] lengths, Span<int> ordinals, Span<int> counts, Span<Impact> impacts)
    {
        var reader = new PostingsReader(postings, frequency, impacts);
        while (reader.MoveNext())
        {
            var block = reader.Current;
            block.ReadOrdinals(postings, ordinals);
            block.ReadCounts(postings, counts);
            var last = block.Before;
            var isAscending = true;
            var least = int.MaxValue;
            for (var i = 0; i < block.Size; i++)
            {
                isAscending &= ordinals[i] > last;
                last = ordinals[i];
                least = Math.Min(least, counts[i]);
            }

            if (!isAscending || last >= lengths.Length || least < 1 || (frequency >= BitPacking.BlockSize && last != block.Last))
            {
                throw new IndexFormatException("the postings of a term are not in order, or name documents that are not there");
            }

            if (frequency >= BitPacking.BlockSize)
            {
                VerifyBounds(reader.Impacts, ordinals[..block.Size], counts, lengths);
            }
        }
    }

    // With a bound that is too low, a search would leave out what belongs among the best.
    private static void VerifyBounds(ReadOnlySpan<Impact> impacts, ReadOnlySpan<int> ordinals, ReadOnlySpan<int> counts, int[] lengths)
    {
        var isBounded = true;
        for (var i = 1; i < impacts.Length; i++)
        {
            isBounded &= impacts[i].Count > impacts[i - 1].Count && impacts[i].Length >= impacts[i - 1].Length;
        }

        for (var i = 0; i < ordinals.Length; i++)
        {
            // They ascend: the first with enough occurrences has the least length of those.
            var bound = 0;
            while (bound < impacts.Length && impacts[bound].Count < counts[i])
            {
                bound++;
            }

            isBounded &= bound < impacts.Length && impacts[bound].Length <= lengths[ordinals[i]];
        }

        if (!isBounded)
        {
            throw new IndexFormatException("the maxima of a block are lower than its postings");
        }
    }
}
