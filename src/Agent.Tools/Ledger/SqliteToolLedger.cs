using Agent.Core.Agents;
using Microsoft.Data.Sqlite;

namespace Agent.Tools.Ledger;

/// <summary>A ledger in a SQLite file, which several processes may share. Thread-safe.</summary>
/// <remarks>
/// Entries hold key, tool, times and result, never arguments. Those older than <see cref="Retention"/> are removed when the file is opened.
/// </remarks>
public sealed class SqliteToolLedger : IToolLedger
{
    /// <summary>How long entries are kept.</summary>
    /// <value>90 days.</value>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    private const string Schema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS calls (
          key TEXT NOT NULL PRIMARY KEY, tool TEXT NOT NULL, begun INTEGER NOT NULL, ended INTEGER, succeeded INTEGER, content TEXT
        ) WITHOUT ROWID;
        """;

    private readonly string _connectionString;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lazy<bool> _prepared;

    /// <summary>Names the file; it is created at the first call.</summary>
    /// <param name="path">The file; its folder is created too.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    public SqliteToolLedger(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _time = timeProvider ?? TimeProvider.System;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 10 }.ConnectionString;
        _prepared = new Lazy<bool>(Create, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Opens the file, or creates it, as the first call does: whoever wants to know before that whether it can be written.</summary>
    /// <exception cref="ToolException">It cannot; the cause is the inner exception.</exception>
    public void Prepare() => Guard(() => _prepared.Value);

    /// <inheritdoc/>
    public ValueTask<ToolLedgerEntry?> BeginAsync(string key, string tool, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentException.ThrowIfNullOrEmpty(tool);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Guard(() =>
        {
            _ = _prepared.Value;
            using var connection = Open();
            using var insert = Command(
                connection,
                "INSERT INTO calls (key, tool, begun) VALUES ($key, $tool, $begun) ON CONFLICT (key) DO NOTHING",
                ("$key", key),
                ("$tool", tool),
                ("$begun", _time.GetUtcNow().ToUnixTimeMilliseconds()));
            return insert.ExecuteNonQuery() == 1 ? null : Read(connection, key);
        }));
    }

    private static T Guard<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ToolException("Not carried out: the ledger of calls that change something cannot be written. The operator must mend that first.", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask FinishAsync(string key, bool succeeded, string content)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(content);
        using var connection = Open();
        using var update = Command(
            connection,
            "UPDATE calls SET ended = $ended, succeeded = $succeeded, content = $content WHERE key = $key",
            ("$key", key),
            ("$succeeded", succeeded ? 1 : 0),
            ("$content", content),
            ("$ended", _time.GetUtcNow().ToUnixTimeMilliseconds()));
        update.ExecuteNonQuery();
        return ValueTask.CompletedTask;
    }

    private static ToolLedgerEntry? Read(SqliteConnection connection, string key)
    {
        using var select = Command(connection, "SELECT tool, begun, succeeded, content FROM calls WHERE key = $key", ("$key", key));
        using var reader = select.ExecuteReader();
        return reader.Read()
            ? new ToolLedgerEntry(
                reader.GetString(0),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                reader.IsDBNull(2) ? null : reader.GetInt64(2) == 1,
                reader.IsDBNull(3) ? null : reader.GetString(3))
            : throw new ToolException($"Not carried out: the entry {key} left the ledger while it was read.");
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private bool Create()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        using var connection = Open();
        using (var create = Command(connection, Schema))
        {
            create.ExecuteNonQuery();
        }

        using var remove = Command(connection, "DELETE FROM calls WHERE begun < $oldest", ("$oldest", (_time.GetUtcNow() - Retention).ToUnixTimeMilliseconds()));
        remove.ExecuteNonQuery();
        return true;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();

        // What was begun must be on the disk before the tool runs: the write-ahead log alone would lose it with the power.
        using var durable = Command(connection, "PRAGMA synchronous = FULL");
        durable.ExecuteNonQuery();
        return connection;
    }
}
