using System.Data.Common;
using System.Globalization;
using Agent.Core.Retrieval.Chunks;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Documents with their chunks, tags and metadata in the tables.</summary>
internal static class DocumentTable
{
    // A statement for many: over a network, each costs a journey.
    private const int LabelsAtOnce = 64;

    /// <summary>Stores a document whose source is not there; its chunks get ids from the first one on.</summary>
    public static async Task InsertAsync(PassageDatabase database, DbTransaction transaction, IndexedDocument document, int firstChunk, CancellationToken cancellationToken)
    {
        var stamp = document.Stamp;
        var id = await transaction.ScalarAsync(
            """
            INSERT INTO documents (source, title, hash, recipe, size, modified, first_chunk, chunk_count, tags, metadata)
            VALUES (@source, @title, @hash, @recipe, @size, @modified, @first, @count, @tags, @metadata) RETURNING id
            """,
            cancellationToken,
            ("@source", document.Source),
            ("@title", document.Title),
            ("@hash", stamp.Hash),
            ("@recipe", stamp.Recipe),
            ("@size", stamp.Size),
            ("@modified", stamp.Modified.ToUnixTimeMilliseconds()),
            ("@first", firstChunk),
            ("@count", document.Chunks.Count),
            ("@tags", StoredList.Write(document.Tags)),
            ("@metadata", StoredList.WriteMap(document.Metadata))).ConfigureAwait(false);
        foreach (var tags in document.Tags.Distinct(StringComparer.Ordinal).Chunk(LabelsAtOnce))
        {
            await transaction.ExecuteAsync(
                $"INSERT INTO document_tags (tag, document) VALUES {SqlExtensions.Rows(tags.Length, static i => $"(@tag{i}, @document)")}",
                cancellationToken,
                [("@document", id!), .. tags.Select(static (tag, i) => ($"@tag{i}", (object)tag))]).ConfigureAwait(false);
        }

        foreach (var pairs in document.Metadata.Chunk(LabelsAtOnce))
        {
            await transaction.ExecuteAsync(
                $"INSERT INTO document_metadata (key, value, document) VALUES {SqlExtensions.Rows(pairs.Length, static i => $"(@key{i}, @value{i}, @document)")}",
                cancellationToken,
                [("@document", id!), .. pairs.Select(static (pair, i) => ($"@key{i}", (object)pair.Key)), .. pairs.Select(static (pair, i) => ($"@value{i}", (object)pair.Value))]).ConfigureAwait(false);
        }

        var number = Convert.ToInt64(id, CultureInfo.InvariantCulture);
        var rows = document.Chunks.Select((indexed, i) => Row(indexed.Chunk, number, firstChunk, i)).ToArray();
        await database.InsertChunksAsync(transaction, rows, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a document, and notes which chunks the index has to forget.</summary>
    /// <returns>Its chunks; null if there was none.</returns>
    public static async Task<(int First, int Count)?> DeleteAsync(DbTransaction transaction, string source, CancellationToken cancellationToken)
    {
        var rows = await transaction.ReadAsync(
            "SELECT id, first_chunk, chunk_count FROM documents WHERE source = @source",
            static row => (Id: row.GetInt64(0), First: row.GetInt32(1), Count: row.GetInt32(2)),
            cancellationToken,
            ("@source", source)).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return null;
        }

        var (id, first, count) = rows[0];
        var last = first + count - 1;
        await transaction.ExecuteAsync("INSERT INTO deletions (chunk) SELECT id FROM chunks WHERE id BETWEEN @first AND @last ORDER BY id", cancellationToken, ("@first", first), ("@last", last)).ConfigureAwait(false);
        await transaction.ExecuteAsync("DELETE FROM chunks WHERE id BETWEEN @first AND @last", cancellationToken, ("@first", first), ("@last", last)).ConfigureAwait(false);
        await transaction.ExecuteAsync("DELETE FROM vectors WHERE chunk BETWEEN @first AND @last", cancellationToken, ("@first", first), ("@last", last)).ConfigureAwait(false);
        foreach (var statement in new[] { "DELETE FROM document_tags WHERE document = @id", "DELETE FROM document_metadata WHERE document = @id", "DELETE FROM documents WHERE id = @id" })
        {
            await transaction.ExecuteAsync(statement, cancellationToken, ("@id", id)).ConfigureAwait(false);
        }

        return (first, count);
    }

    /// <summary>Replaces a document's stamp.</summary>
    public static Task<int> TouchAsync(DbTransaction transaction, string source, DocumentStamp stamp, CancellationToken cancellationToken) => transaction.ExecuteAsync(
        "UPDATE documents SET hash = @hash, recipe = @recipe, size = @size, modified = @modified WHERE source = @source",
        cancellationToken,
        ("@source", source),
        ("@hash", stamp.Hash),
        ("@recipe", stamp.Recipe),
        ("@size", stamp.Size),
        ("@modified", stamp.Modified.ToUnixTimeMilliseconds()));

    private static ChunkRow Row(Chunk chunk, long document, int firstChunk, int ordinal) =>
        new(firstChunk + ordinal, document, ordinal, chunk.Id, StoredList.Write(chunk.HeadingPath), chunk.Text, chunk.Start, chunk.End, chunk.TokenCount);
}
