using System.Data.Common;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Brings the vectors in memory to the version of the tables; only what is new is read.</summary>
internal static class VectorStateReader
{
    private const int FewestGone = 1000;

    /// <summary>Reads what a transaction has more than an earlier state.</summary>
    /// <param name="transaction">Reads one version throughout.</param>
    /// <param name="index">The index of that version.</param>
    /// <param name="before">An earlier state; null for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">A stored vector cannot be used.</exception>
    public static async Task<VectorState> ReadAsync(DbTransaction transaction, IndexState index, VectorState? before, CancellationToken cancellationToken)
    {
        var collection = index.Collection;
        if (before is not null && (before.Embedding != collection.Embedding || CollectionRow.OriginOf(before.Version) != collection.Origin))
        {
            // Vectors of another model or collection.
            before = null;
        }

        var added = await VectorTable.AfterAsync(transaction, before?.LastVector ?? 0, cancellationToken).ConfigureAwait(false);
        var vectors = before?.Vectors;
        if (vectors is not null && added.Exists(row => vectors.Contains(row.Row.Id) || row.Row.Bytes.Length != VectorEncoding.ByteCount(vectors.Dimensions)))
        {
            // A chunk gets its vector once, unless all were removed for another model's. This one came back since: none of the earlier ones is there.
            (before, vectors) = (null, null);
            added = await VectorTable.AfterAsync(transaction, after: 0, cancellationToken).ConfigureAwait(false);
        }

        if (added.Count > 0)
        {
            vectors = (vectors ?? new VectorSet(added[0].Row.Bytes.Length / sizeof(float))).Add(added.Select(static row => row.Row));
        }

        if (vectors is not null && vectors.Count > (2 * index.Searcher.Snapshot.DocumentCount) + FewestGone)
        {
            vectors = vectors.Remove(chunk => !index.Contains(chunk));
        }

        return new VectorState(collection.Version, collection.Embedding, added.Count > 0 ? added[^1].Id : before?.LastVector ?? 0, vectors);
    }
}
