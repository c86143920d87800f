using System.Data.Common;
using System.Globalization;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Documents with their chunks, tags and metadata in the tables.</summary>
internal static class DocumentTable
{
    /// <summary>Stores a document whose source is not there; its chunks get ids from the first one on.</summary>
    public static async Task InsertAsync(DbTransaction transaction, IndexedDocument document, int firstChunk, CancellationToken cancellationToken)
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
        foreach (var tag in document.Tags.Distinct(StringComparer.Ordinal))
        {
            await transaction.ExecuteAsync("INSERT INTO document_tags (tag, document) VALUES (@tag, @document)", cancellationToken, ("@tag", tag), ("@document", id!)).ConfigureAwait(false);
        }

        foreach (var (key, value) in document.Metadata)
        {
            await transaction.ExecuteAsync(
                "INSERT INTO document_metadata (key, value, document) VALUES (@key, @value, @document)", cancellationToken, ("@key", key), ("@value", value), ("@document", id!)).ConfigureAwait(false);
        }

        await InsertChunksAsync(transaction, document.Chunks, id!, firstChunk, cancellationToken).ConfigureAwait(false);
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

    private static async Task InsertChunksAsync(DbTransaction transaction, IReadOnlyList<IndexedChunk> chunks, object document, int firstChunk, CancellationToken cancellationToken)
    {
        // One command for all of them: its statement is compiled once.
        var insert = transaction.Connection!.Command(
            """
            INSERT INTO chunks (id, document, ordinal, hash, heading_path, text, start_offset, end_offset, tokens)
            VALUES (@id, @document, @ordinal, @hash, @path, @text, @start, @end, @tokens)
            """,
            transaction,
            ("@id", 0),
            ("@document", Convert.ToInt64(document, CultureInfo.InvariantCulture)),
            ("@ordinal", 0),
            ("@hash", string.Empty),
            ("@path", string.Empty),
            ("@text", string.Empty),
            ("@start", 0),
            ("@end", 0),
            ("@tokens", 0));
        await using (insert.ConfigureAwait(false))
        {
            await insert.PrepareAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < chunks.Count; i++)
            {
                var chunk = chunks[i].Chunk;
                var parameters = insert.Parameters;
                parameters[0].Value = firstChunk + i;
                parameters[2].Value = i;
                parameters[3].Value = chunk.Id;
                parameters[4].Value = StoredList.Write(chunk.HeadingPath);
                parameters[5].Value = chunk.Text;
                parameters[6].Value = chunk.Start;
                parameters[7].Value = chunk.End;
                parameters[8].Value = chunk.TokenCount;
                await insert.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
