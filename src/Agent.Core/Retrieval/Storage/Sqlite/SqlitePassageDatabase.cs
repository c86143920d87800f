using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Agent.Core.Retrieval.Storage.Sqlite;

/// <summary>A collection in one SQLite file, which any number of processes may read while one writes. Thread-safe.</summary>
public sealed class SqlitePassageDatabase : PassageDatabase
{
    /// <summary>The extension of the file.</summary>
    public const string Extension = ".db";

    // Seconds to wait for another transaction; a writer's longest is the storing of a merged segment.
    private const int LockWait = 30;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS collection (
          one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, version INTEGER NOT NULL, analyzer TEXT NOT NULL,
          next_chunk INTEGER NOT NULL, indexed_through INTEGER NOT NULL, embedding TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS documents (
          id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL, hash TEXT NOT NULL, recipe TEXT NOT NULL,
          size INTEGER NOT NULL, modified INTEGER NOT NULL, first_chunk INTEGER NOT NULL, chunk_count INTEGER NOT NULL,
          tags TEXT NOT NULL, metadata TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS document_tags (tag TEXT NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (tag, document)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS document_metadata (
          key TEXT NOT NULL, value TEXT NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (key, value, document)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS tags_of_document ON document_tags (document);
        CREATE INDEX IF NOT EXISTS metadata_of_document ON document_metadata (document);
        CREATE TABLE IF NOT EXISTS chunks (
          id INTEGER PRIMARY KEY, document INTEGER NOT NULL, ordinal INTEGER NOT NULL, hash TEXT NOT NULL, heading_path TEXT NOT NULL,
          text TEXT NOT NULL, start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, tokens INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS segments (
          id INTEGER PRIMARY KEY AUTOINCREMENT, first_chunk INTEGER NOT NULL, last_chunk INTEGER NOT NULL, documents INTEGER NOT NULL,
          bytes INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS segment_pages (
          segment INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (segment, number));
        CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL UNIQUE, bytes BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS deletions (id INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS deletions_of_chunks ON deletions (chunk);
        """;

    private readonly string _path;
    private readonly string _connectionString;
    private long _created;

    static SqlitePassageDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Names the file; it is created by the first writer.</summary>
    /// <param name="path">The file.</param>
    public SqlitePassageDatabase(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        Name = Path.GetFileNameWithoutExtension(_path);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = LockWait }.ConnectionString;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(File.Exists(_path));

    /// <inheritdoc/>
    public override async Task CreateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var creating = new SqliteConnectionStringBuilder(_connectionString) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ConnectionString;
        var connection = new SqliteConnection(creating);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

            // Both must come before the first table, and outside a transaction.
            await connection.ExecuteAsync("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;", cancellationToken).ConfigureAwait(false);
            var transaction = await BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await transaction.ExecuteAsync(Schema, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        ForgetRemovedFile();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

            // In write-ahead mode this keeps the file whole through every crash; a power cut may lose the newest documents, which the next ingest brings back.
            await connection.ExecuteAsync("PRAGMA synchronous = NORMAL", cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    /// <inheritdoc/>
    public override Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    /// <inheritdoc/>
    public override Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        try
        {
            // The system gives the lock back when the process ends, even where it is killed. The file itself may stay.
            return Task.FromResult<IAsyncDisposable>(new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            throw new RetrievalException($"Collection '{Name}' is being written by another process. Wait until it has ended, or end it (an ingest that watches, a service).", exception);
        }
        catch (IOException exception)
        {
            throw Explain(exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new RetrievalException($"Collection '{Name}' cannot be written: this user may not write to '{Path.GetDirectoryName(_path)}'.", exception);
        }
    }

    /// <inheritdoc/>
    public override RetrievalException Explain(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var (problem, fix) = (exception as SqliteException)?.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => ("the file is damaged or no collection", "Remove it and ingest again."),
            SQLitePCL.raw.SQLITE_FULL => ("the disk is full", "Make room and try again; nothing that was stored is lost."),
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => ("another program holds it for too long", "Close what has the file open and try again."),
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM => ("this user may not write it", "Give write access to the file and its folder."),
            SQLitePCL.raw.SQLITE_CANTOPEN => ("the file cannot be opened", "Check that it exists and that this user may read and write it and its folder."),
            SQLitePCL.raw.SQLITE_NOMEM => ("SQLite got no more memory", "Give the process more, or raise the limit on SQLite's memory."),
            null when exception is IOException => (exception.Message.TrimEnd('.'), "Check the path and the disk, and try again."),
            _ => (exception.Message.TrimEnd('.'), "Check the disk; remove the file and ingest again where it does not help."),
        };
        return new RetrievalException($"Collection '{Name}' ({_path}): {problem}. {fix}", exception);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        // Otherwise the files stay open, and the folder cannot be removed on every system.
        ClearPool();
        return ValueTask.CompletedTask;
    }

    // The sharing violation of each system: ERROR_SHARING_VIOLATION, and EWOULDBLOCK of flock as it is.
    private static bool IsHeld(IOException exception) => exception.HResult ==
        (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsLinux() ? 11 : 35);

    /// <summary>
    /// Closes the connections that wait in the pool where there is another file than before: those of one that was removed would go on reading it. The
    /// time is that of the creation where the file system knows it, otherwise of the last change, and then a few connections are opened in vain.
    /// </summary>
    private void ForgetRemovedFile()
    {
        var file = new FileInfo(_path);
        if (!file.Exists)
        {
            return;
        }

        var created = file.CreationTimeUtc.Ticks;
        var before = Interlocked.Exchange(ref _created, created);
        if (before != 0 && before != created)
        {
            ClearPool();
        }
    }

    private void ClearPool()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
