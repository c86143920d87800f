using System.Data.Common;
using System.Globalization;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Vectors of chunks in the tables.</summary>
internal static class VectorTable
{
    // A statement for many: over a network, each costs a journey.
    private const int RowsAtOnce = 64;

    /// <summary>The vectors of a document's chunks by the names of their contents.</summary>
    public static async Task<Dictionary<string, byte[]>> OfDocumentAsync(DbTransaction transaction, string source, CancellationToken cancellationToken)
    {
        var rows = await transaction.ReadAsync(
            """
            SELECT c.hash, v.bytes FROM documents d
            JOIN chunks c ON c.id >= d.first_chunk AND c.id < d.first_chunk + d.chunk_count
            JOIN vectors v ON v.chunk = c.id
            WHERE d.source = @source
            """,
            static row => (Hash: row.GetString(0), Bytes: row.GetFieldValue<byte[]>(1)),
            cancellationToken,
            ("@source", source)).ConfigureAwait(false);
        var vectors = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (hash, bytes) in rows)
        {
            vectors[hash] = bytes;
        }

        return vectors;
    }

    /// <summary>Stores vectors.</summary>
    public static async Task InsertAsync(DbTransaction transaction, IEnumerable<VectorRow> vectors, CancellationToken cancellationToken)
    {
        foreach (var rows in vectors.Chunk(RowsAtOnce))
        {
            await transaction.ExecuteAsync(
                $"INSERT INTO vectors (chunk, bytes) VALUES {SqlExtensions.Rows(rows.Length, static i => $"(@chunk{i}, @bytes{i})")}",
                cancellationToken,
                [.. rows.Select(static (row, i) => ($"@chunk{i}", (object)row.Id)), .. rows.Select(static (row, i) => ($"@bytes{i}", (object)row.Bytes.ToArray()))]).ConfigureAwait(false);
        }
    }

    /// <summary>The bytes of each stored vector; null where there is none.</summary>
    public static async Task<int?> SizeAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.ScalarAsync("SELECT LENGTH(bytes) FROM vectors ORDER BY id DESC LIMIT 1", cancellationToken).ConfigureAwait(false) is { } size
            ? Convert.ToInt32(size, CultureInfo.InvariantCulture)
            : null;

    /// <summary>Chunks without a vector, in the order of their ids.</summary>
    public static async Task<IReadOnlyList<UnembeddedChunk>> MissingAsync(DbTransaction transaction, int after, int count, CancellationToken cancellationToken) => await transaction.ReadAsync(
        """
        SELECT c.id, c.heading_path, c.text, (SELECT d.source FROM documents d WHERE d.id = c.document)
        FROM chunks c LEFT JOIN vectors v ON v.chunk = c.id
        WHERE c.id > @after AND v.chunk IS NULL ORDER BY c.id LIMIT @count
        """,
        static row => new UnembeddedChunk(row.GetInt32(0), ChunkText.Compose(StoredList.Read(row.GetString(1)), row.GetString(2))) { Source = row.GetString(3) },
        cancellationToken,
        ("@after", after),
        ("@count", count)).ConfigureAwait(false);

    /// <summary>Vectors that were stored after others.</summary>
    /// <param name="transaction">Reads.</param>
    /// <param name="after">The last one that is known; 0 for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static Task<List<(long Id, VectorRow Row)>> AfterAsync(DbTransaction transaction, long after, CancellationToken cancellationToken) => transaction.ReadAsync(
        "SELECT id, chunk, bytes FROM vectors WHERE id > @after ORDER BY id",
        static row => (row.GetInt64(0), new VectorRow(row.GetInt32(1), row.GetFieldValue<byte[]>(2))),
        cancellationToken,
        ("@after", after));
}
