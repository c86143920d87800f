using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Storage.Sqlite;

namespace Agent.Core.Tests.Retrieval.Ingest;

/// <summary>A folder of documents and a collection to bring them into.</summary>
internal sealed class IngestFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-ingest-").FullName;

    public IngestFolder()
    {
        Directory.CreateDirectory(Docs);
        Store = new PassageStore(new SqlitePassageDatabase(Path.Combine(_folder, "things.db")));
    }

    public string Docs => Path.Combine(_folder, "docs");

    public PassageStore Store { get; }

    public string PathOf(string name) => Path.Combine(Docs, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    public Task<IngestReport> IngestAsync(params string[] paths) => IngestAsync(new IngestOptions(), paths);

    public async Task<IngestReport> IngestAsync(IngestOptions options, params string[] paths)
    {
        await using var writer = await Store.OpenWriterAsync();
        return await new Ingestion(writer, options).RunAsync(paths.Length == 0 ? [Docs] : paths);
    }

    /// <summary>The names of the files with a word, in order.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string word)
    {
        var hits = await new PassageSearch(Store).SearchAsync(new PassageQuery { Text = word, Top = 100 });
        return [.. hits.Select(hit => Path.GetFileName(hit.Passage.Source)).Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
