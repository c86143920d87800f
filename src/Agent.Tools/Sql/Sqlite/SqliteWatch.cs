using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Stops a running statement: on time, on memory, or when nobody waits for it any more.</summary>
internal sealed class SqliteWatch(TimeProvider timeProvider, TimeSpan limit, CancellationToken cancellationToken)
{
    /// <summary>Memory that one statement may hold for sorting and grouping, in bytes.</summary>
    private const long MaximumMemory = 32L * 1024 * 1024;

    private readonly long _started = timeProvider.GetTimestamp();
    private readonly long _memory = raw.sqlite3_memory_used();

    internal bool IsLate => timeProvider.GetElapsedTime(_started) >= limit;

    /// <summary>Whether memory was the reason.</summary>
    internal bool IsTooLarge { get; private set; }

    /// <summary>The callback of SQLite's machine; another value than 0 stops it.</summary>
    internal int Check(object userData)
    {
        // The figure is that of the process. Other statements can only make this one stop too early, never too late.
        IsTooLarge |= raw.sqlite3_memory_used() - _memory > MaximumMemory;
        return IsTooLarge || IsLate || cancellationToken.IsCancellationRequested ? 1 : 0;
    }
}
