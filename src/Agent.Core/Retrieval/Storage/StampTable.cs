using System.Data.Common;

namespace Agent.Core.Retrieval.Storage;

/// <summary>The stamps of all documents.</summary>
internal static class StampTable
{
    public static async Task<IReadOnlyDictionary<string, DocumentStamp>> ReadAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = await transaction.ReadAsync(
            "SELECT source, hash, recipe, size, modified FROM documents",
            static row => (Source: row.GetString(0), Stamp: new DocumentStamp
            {
                Hash = row.GetString(1),
                Recipe = row.GetString(2),
                Size = row.GetInt64(3),
                Modified = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
            }),
            cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(static row => row.Source, static row => row.Stamp, StringComparer.Ordinal);
    }
}
