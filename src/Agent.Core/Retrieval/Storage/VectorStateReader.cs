using System.Data.Common;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Brings the vectors in memory to the version of the tables; only what is new is read.</summary>
internal static class VectorStateReader
{
    /// <summary>Reads what a transaction has more than an earlier state.</summary>
    /// <param name="transaction">Reads one version throughout.</param>
    /// <param name="collection">The collection's row in that version.</param>
    /// <param name="living">How many chunks there are.</param>
    /// <param name="before">An earlier state; null for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<VectorState> ReadAsync(DbTransaction transaction, CollectionRow collection, long living, VectorState? before, CancellationToken cancellationToken)
    {
        if (before is not null && (before.Embedding != collection.Embedding || CollectionRow.OriginOf(before.Version) != collection.Origin || before.Vectors?.Count > (2 * living) + 1000))
        {
            // Vectors of another model or collection, or of chunks that are gone for the most part.
            before = null;
        }

        var added = await VectorTable.AfterAsync(transaction, before?.LastVector ?? 0, cancellationToken).ConfigureAwait(false);
        if (added.Count == 0)
        {
            return new VectorState(collection.Version, collection.Embedding, before?.LastVector ?? 0, before?.Vectors);
        }

        var vectors = before?.Vectors ?? new VectorSet(added[0].Row.Bytes.Length / sizeof(float));
        return new VectorState(collection.Version, collection.Embedding, added[^1].Id, vectors.Add(added.Select(static row => row.Row)));
    }
}
