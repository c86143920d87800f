using System.Data.Common;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Chunks in the tables.</summary>
internal static class ChunkTable
{
    /// <summary>Stores rows, each with a statement.</summary>
    public static async Task InsertAsync(DbTransaction transaction, IReadOnlyCollection<ChunkRow> chunks, CancellationToken cancellationToken)
    {
        // One command for all of them: its statement is compiled once.
        var insert = transaction.Connection!.Command(
            """
            INSERT INTO chunks (id, document, ordinal, hash, heading_path, text, start_offset, end_offset, tokens)
            VALUES (@id, @document, @ordinal, @hash, @path, @text, @start, @end, @tokens)
            """,
            transaction,
            ("@id", 0),
            ("@document", 0L),
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
            var parameters = insert.Parameters;
            foreach (var chunk in chunks)
            {
                parameters[0].Value = chunk.Id;
                parameters[1].Value = chunk.Document;
                parameters[2].Value = chunk.Ordinal;
                parameters[3].Value = chunk.Hash;
                parameters[4].Value = chunk.HeadingPath;
                parameters[5].Value = chunk.Text;
                parameters[6].Value = chunk.Start;
                parameters[7].Value = chunk.End;
                parameters[8].Value = chunk.Tokens;
                await insert.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
