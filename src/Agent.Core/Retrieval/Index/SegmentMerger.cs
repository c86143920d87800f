namespace Agent.Core.Retrieval.Index;

/// <summary>Makes one segment of several, without their deleted documents. The result is what building from the living documents gives, byte for byte.</summary>
public static class SegmentMerger
{
    /// <summary>Merges segments.</summary>
    /// <param name="segments">The segments with what lives of them; a document may live in one of them only.</param>
    /// <param name="cancellationToken">Ends the merge.</param>
    /// <exception cref="ArgumentException">A document lives in two segments.</exception>
    /// <exception cref="InvalidOperationException">The segment would be larger than 2 GB.</exception>
    public static IndexSegment Merge(IReadOnlyList<LiveDocuments> segments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var documents = new int[checked((int)segments.Sum(static live => (long)live.Count))];
        var lengths = new int[documents.Length];
        var at = 0;
        foreach (var live in segments)
        {
            for (var ordinal = 0; ordinal < live.Segment.DocumentCount; ordinal++)
            {
                if (live.IsLive(ordinal))
                {
                    documents[at] = live.Segment.Documents[ordinal];
                    lengths[at++] = live.Segment.Lengths[ordinal];
                }
            }
        }

        Array.Sort(documents, lengths);
        for (var i = 1; i < documents.Length; i++)
        {
            if (documents[i] == documents[i - 1])
            {
                throw new ArgumentException($"Document {documents[i]} lives in two segments. Delete it from the older one.", nameof(segments));
            }
        }

        var writer = new SegmentWriter(documents, lengths);
        var sources = new PriorityQueue<MergeSource, string>(StringComparer.Ordinal);
        foreach (var live in segments)
        {
            Advance(sources, new MergeSource(live, documents));
        }

        var (ordinals, counts) = (new int[documents.Length], new int[documents.Length]);
        while (sources.TryDequeue(out var source, out var term))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (count, isSorted) = (0, true);
            while (true)
            {
                var before = count;
                count = source.CopyTo(ordinals, counts, count);
                isSorted &= before == 0 || before == count || ordinals[before - 1] < ordinals[before];
                Advance(sources, source);
                if (!sources.TryPeek(out _, out var next) || !string.Equals(next, term, StringComparison.Ordinal))
                {
                    break;
                }

                source = sources.Dequeue();
            }

            if (!isSorted)
            {
                ordinals.AsSpan(0, count).Sort(counts.AsSpan(0, count));
            }

            if (count > 0)
            {
                writer.Add(term, ordinals.AsSpan(0, count), counts.AsSpan(0, count));
            }
        }

        return writer.Finish();
    }

    private static void Advance(PriorityQueue<MergeSource, string> sources, MergeSource source)
    {
        if (source.MoveNext())
        {
            sources.Enqueue(source, source.Term);
        }
    }
}
