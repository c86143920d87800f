using System.Data.Common;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Brings the index in memory to the version of the tables; only what changed is read. Thread-safe.</summary>
/// <param name="analyzer">The analyzer of documents.</param>
/// <param name="options">The parameters of BM25.</param>
/// <param name="segmentChunks">Chunks that are in no stored segment become one of so many in memory.</param>
internal sealed class IndexStateReader(ITextAnalyzer analyzer, Bm25Options options, int segmentChunks)
{
    private const int MaxSmall = 8;

    /// <summary>Reads the state of a transaction.</summary>
    /// <param name="transaction">Reads one version throughout.</param>
    /// <param name="collection">The collection's row in that version.</param>
    /// <param name="before">An earlier state; null for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IndexState> ReadAsync(DbTransaction transaction, CollectionRow collection, IndexState? before, CancellationToken cancellationToken)
    {
        if (before is not null && (before.Collection.IndexedThrough > collection.IndexedThrough || before.Collection.Version > collection.Version || before.Collection.Origin != collection.Origin))
        {
            // The index was built anew, or the whole collection, or the database was restored: what is in memory is of no use.
            before = null;
        }

        var deletions = await transaction.ReadAsync(
            "SELECT id, chunk FROM deletions WHERE id > @after ORDER BY id",
            static row => (Id: row.GetInt64(0), Chunk: row.GetInt32(1)),
            cancellationToken,
            ("@after", before?.Deletion ?? 0)).ConfigureAwait(false);
        var gone = deletions.ConvertAll(static deletion => deletion.Chunk);
        var known = before?.Segments.ToDictionary(static segment => segment.Id, static segment => segment.Live) ?? [];
        var segments = new List<(long, LiveDocuments)>();
        List<int>? allGone = null;
        foreach (var row in await SegmentTable.ListAsync(transaction, cancellationToken).ConfigureAwait(false))
        {
            if (known.TryGetValue(row.Id, out var live))
            {
                segments.Add((row.Id, gone.Count > 0 ? live.Without(gone) : live));
                continue;
            }

            allGone ??= await DeletedAsync(transaction, cancellationToken).ConfigureAwait(false);
            var segment = await SegmentTable.ReadAsync(transaction, row.Id, cancellationToken).ConfigureAwait(false);
            segments.Add((row.Id, LiveDocuments.All(segment).Without(allGone)));
        }

        // Deletions of chunks that came and went between two readings are in neither list of segments, and harmless.
        var through = before is null ? collection.IndexedThrough : Math.Max(collection.IndexedThrough, before.Collection.NextChunk - 1);
        List<LiveDocuments> fresh = [.. (before?.Fresh ?? []).Select(live => Waiting(live, collection.IndexedThrough).Without(gone)).Where(static live => live.Count > 0)];
        await AddFreshAsync(fresh, transaction, through, cancellationToken).ConfigureAwait(false);
        return new IndexState(collection, deletions.Count > 0 ? deletions[^1].Id : before?.Deletion ?? 0, segments, Joined(fresh, cancellationToken), options);
    }

    /// <summary>Chunks after an id that wait for their segment, with their terms.</summary>
    public Task<List<IndexedText>> WaitingAsync(DbTransaction transaction, int after, int count, CancellationToken cancellationToken)
    {
        var counter = new TermCounter(analyzer);
        return transaction.ReadAsync(
            "SELECT id, heading_path, text FROM chunks WHERE id > @after ORDER BY id LIMIT @count",
            row => new IndexedText(row.GetInt32(0), counter.Count(ChunkText.Compose(StoredList.Read(row.GetString(1)), row.GetString(2)), out var length), length),
            cancellationToken,
            ("@after", after),
            ("@count", count));
    }

    private static Task<List<int>> DeletedAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.ReadAsync("SELECT chunk FROM deletions", static row => row.GetInt32(0), cancellationToken);

    /// <summary>What of a segment in memory is in no stored one. Those end where a writer flushed, which may be inside it.</summary>
    private static LiveDocuments Waiting(LiveDocuments live, int through)
    {
        var ids = live.Segment.DocumentIds;
        var stored = ids.BinarySearch(through);
        stored = stored < 0 ? ~stored : stored + 1;
        return stored == 0 ? live : live.Without(ids[..stored].ToArray());
    }

    /// <summary>Few segments: small ones become one, those of full size stay, so that nothing is merged again and again.</summary>
    private List<LiveDocuments> Joined(List<LiveDocuments> fresh, CancellationToken cancellationToken)
    {
        var small = fresh.FindAll(live => live.Count < segmentChunks);
        return small.Count <= MaxSmall ? fresh : [.. fresh.Where(live => live.Count >= segmentChunks), LiveDocuments.All(SegmentMerger.Merge(small, cancellationToken))];
    }

    /// <summary>Adds what is in no stored segment and not in memory either, of which there is much where an index is being built anew.</summary>
    private async Task AddFreshAsync(List<LiveDocuments> fresh, DbTransaction transaction, int after, CancellationToken cancellationToken)
    {
        List<IndexedText> texts;
        do
        {
            texts = await WaitingAsync(transaction, after, segmentChunks, cancellationToken).ConfigureAwait(false);
            if (texts.Count == 0)
            {
                return;
            }

            var builder = new IndexSegmentBuilder();
            foreach (var text in texts)
            {
                builder.Add(text.Chunk, text.Terms, text.Length);
            }

            fresh.Add(LiveDocuments.All(builder.Build()));
            after = texts[^1].Chunk;
        }
        while (texts.Count == segmentChunks);
    }
}
