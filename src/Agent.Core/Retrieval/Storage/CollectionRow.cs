using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;

namespace Agent.Core.Retrieval.Storage;

/// <summary>What a collection knows of itself: one row.</summary>
/// <param name="Version">Grows with every transaction that writes.</param>
/// <param name="Analyzer">The id of the analyzer of the segments.</param>
/// <param name="NextChunk">The id of the next chunk; ids are never used again.</param>
/// <param name="IndexedThrough">Chunks up to this id are in segments; later ones wait.</param>
/// <param name="Embedding">The model of the vectors; empty text where there are none.</param>
internal sealed record CollectionRow(long Version, string Analyzer, int NextChunk, int IndexedThrough, string Embedding)
{
    private const int Format = 1;
    private const int CounterBits = 22;
    private const int OriginBits = 40;

    /// <summary>Differs between a collection and one of the same name that was removed before; what is in memory of that one is of no use.</summary>
    /// <value>The upper bits of the version. Once in some million transactions it changes for nothing, and everybody reads anew.</value>
    public long Origin => OriginOf(Version);

    /// <summary>The origin of a version.</summary>
    public static long OriginOf(long version) => version >> CounterBits;

    /// <summary>Reads the row.</summary>
    /// <returns>Null where nobody has written yet.</returns>
    /// <exception cref="RetrievalException">A newer program wrote the collection.</exception>
    public static async Task<CollectionRow?> ReadAsync(DbTransaction transaction, string name, CancellationToken cancellationToken)
    {
        var rows = await transaction.ReadAsync(
            "SELECT format, version, analyzer, next_chunk, indexed_through, embedding FROM collection",
            static row => (Format: row.GetInt32(0), Row: new CollectionRow(row.GetInt64(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetString(5))),
            cancellationToken).ConfigureAwait(false);
        return rows switch
        {
            [] => null,
            [(Format, var row), ..] => row,
            [var (format, _), ..] => throw new RetrievalException($"Collection '{name}' has format {format}; this program reads format {Format}. Use the program that wrote it, or remove it and ingest again."),
        };
    }

    /// <summary>Writes the first row.</summary>
    public static Task CreateAsync(DbTransaction transaction, string analyzer, CancellationToken cancellationToken) => transaction.ExecuteAsync(
        "INSERT INTO collection (one, format, version, analyzer, next_chunk, indexed_through, embedding) VALUES (1, @format, @version, @analyzer, 1, 0, '')",
        cancellationToken,
        ("@format", Format),
        ("@version", ((BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long))) & ((1L << OriginBits) - 1)) << CounterBits) + 1),
        ("@analyzer", analyzer));

    /// <summary>Writes this state over the one before, as the next version.</summary>
    /// <returns>What is stored now.</returns>
    public async Task<CollectionRow> StoreAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var next = this with { Version = Version + 1 };
        await transaction.ExecuteAsync(
            "UPDATE collection SET version = @version, analyzer = @analyzer, next_chunk = @next, indexed_through = @through, embedding = @embedding",
            cancellationToken,
            ("@version", next.Version),
            ("@analyzer", Analyzer),
            ("@next", NextChunk),
            ("@through", IndexedThrough),
            ("@embedding", Embedding)).ConfigureAwait(false);
        return next;
    }
}
