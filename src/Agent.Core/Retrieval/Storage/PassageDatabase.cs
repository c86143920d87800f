using System.Data.Common;

namespace Agent.Core.Retrieval.Storage;

/// <summary>
/// The database that holds one collection: its connections, its tables and who may write. What stands in the tables is the business of
/// <see cref="PassageStore"/>, whose statements are the same for every database; they name parameters as <c>@name</c>. Implementations are thread-safe.
/// </summary>
public abstract class PassageDatabase : IAsyncDisposable
{
    /// <summary>What the collection is called in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the collection was ever written to.</summary>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public abstract Task<bool> ExistsAsync(CancellationToken cancellationToken);

    /// <summary>Creates the tables that are missing.</summary>
    /// <param name="cancellationToken">Ends the work; nothing is left half.</param>
    /// <exception cref="DbException">The database cannot be written.</exception>
    public abstract Task CreateAsync(CancellationToken cancellationToken);

    /// <summary>An open connection, the caller's to dispose.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="DbException">The database cannot be reached.</exception>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction in which every statement reads the same state, whatever is written meanwhile.</summary>
    /// <param name="connection">A connection of <see cref="OpenAsync"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public abstract Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Begins a transaction that may write.</summary>
    /// <param name="connection">A connection of <see cref="OpenAsync"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Makes the caller the only writer, in all processes, until what is returned is disposed or the process ends, however it ends.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RetrievalException">Somebody else writes.</exception>
    public abstract Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken);

    /// <summary>Stores the chunks of a document, one statement after the other; a database that takes many at once does better.</summary>
    /// <param name="transaction">A transaction of <see cref="BeginWriteAsync"/>.</param>
    /// <param name="chunks">The rows of the table <c>chunks</c>.</param>
    /// <param name="cancellationToken">Ends the storing; the transaction is given up then.</param>
    /// <exception cref="DbException">The database cannot be written.</exception>
    public virtual Task InsertChunksAsync(DbTransaction transaction, IReadOnlyCollection<ChunkRow> chunks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(chunks);
        return ChunkTable.InsertAsync(transaction, chunks, cancellationToken);
    }

    /// <summary>Puts what a database said into words for the user, with the fix.</summary>
    /// <param name="exception">What was thrown.</param>
    public abstract RetrievalException Explain(Exception exception);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
