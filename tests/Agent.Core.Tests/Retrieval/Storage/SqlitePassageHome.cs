using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Storage.Sqlite;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A collection in a file.</summary>
internal sealed class SqlitePassageHome : IPassageHome
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("agent-store-").FullName;

    public string FilePath => Path.Combine(Folder, "things.db");

    public PassageDatabase OpenDatabase() => new SqlitePassageDatabase(FilePath);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
