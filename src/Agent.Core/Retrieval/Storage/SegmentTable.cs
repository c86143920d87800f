using System.Data.Common;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Segments in the tables: their bytes lie in pages, so that no database has to hold one whole in memory of its own.</summary>
internal static class SegmentTable
{
    private const int PageSize = 1 << 20;

    /// <summary>All segments, in the order of their chunks.</summary>
    public static Task<List<SegmentRow>> ListAsync(DbTransaction transaction, CancellationToken cancellationToken) => transaction.ReadAsync(
        "SELECT id, first_chunk, last_chunk, documents FROM segments ORDER BY first_chunk",
        static row => new SegmentRow(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)),
        cancellationToken);

    /// <summary>Reads and checks a segment.</summary>
    /// <exception cref="IndexFormatException">It is damaged.</exception>
    public static async Task<IndexSegment> ReadAsync(DbTransaction transaction, long id, CancellationToken cancellationToken)
    {
        var size = await transaction.ScalarAsync("SELECT bytes FROM segments WHERE id = @id", cancellationToken, ("@id", id)).ConfigureAwait(false);
        var bytes = new byte[Convert.ToInt32(size, System.Globalization.CultureInfo.InvariantCulture)];
        var at = 0;
        var pages = transaction.Connection!.Command("SELECT bytes FROM segment_pages WHERE segment = @id ORDER BY number", transaction, ("@id", id));
        await using (pages.ConfigureAwait(false))
        {
            var reader = await pages.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    at += (int)reader.GetBytes(0, 0, bytes, at, bytes.Length - at);
                }
            }
        }

        return at == bytes.Length ? IndexSegment.Load(bytes) : throw new IndexFormatException($"segment {id} has {at} bytes instead of {bytes.Length}");
    }

    /// <summary>Stores a segment for a range of chunks.</summary>
    public static async Task WriteAsync(DbTransaction transaction, IndexSegment segment, int first, int last, CancellationToken cancellationToken)
    {
        var bytes = segment.ToBytes();
        var id = await transaction.ScalarAsync(
            "INSERT INTO segments (first_chunk, last_chunk, documents, bytes) VALUES (@first, @last, @documents, @bytes) RETURNING id",
            cancellationToken,
            ("@first", first),
            ("@last", last),
            ("@documents", segment.DocumentCount),
            ("@bytes", bytes.Length)).ConfigureAwait(false);
        for (var (number, at) = (0, 0); at < bytes.Length; number++, at += PageSize)
        {
            var page = bytes.Slice(at, Math.Min(PageSize, bytes.Length - at)).ToArray();
            await transaction.ExecuteAsync(
                "INSERT INTO segment_pages (segment, number, bytes) VALUES (@segment, @number, @bytes)",
                cancellationToken,
                ("@segment", id!),
                ("@number", number),
                ("@bytes", page)).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a segment.</summary>
    public static async Task DeleteAsync(DbTransaction transaction, long id, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync("DELETE FROM segment_pages WHERE segment = @id", cancellationToken, ("@id", id)).ConfigureAwait(false);
        await transaction.ExecuteAsync("DELETE FROM segments WHERE id = @id", cancellationToken, ("@id", id)).ConfigureAwait(false);
    }
}
