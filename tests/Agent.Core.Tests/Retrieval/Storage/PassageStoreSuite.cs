using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>What the tests share that every store must pass, whatever its database.</summary>
public abstract class PassageStoreSuite : IAsyncLifetime
{
    private PassageStore _store = null!;

    /// <summary>Where the store lies.</summary>
    private protected abstract IPassageHome Home { get; }

    private protected PassageStore Store => _store;

    public Task InitializeAsync()
    {
        _store = OpenStore();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await Home.DisposeAsync();
    }

    private protected PassageStore OpenStore(int segmentChunks = 16) => new(Home.OpenDatabase(), new PassageStoreOptions { SegmentChunks = segmentChunks });

    private protected async Task PutAsync(params IndexedDocument[] documents)
    {
        await using var writer = await Store.OpenWriterAsync();
        foreach (var document in documents)
        {
            await writer.PutAsync(document);
        }
    }

    private protected Task<IReadOnlyList<PassageHit>> SearchAsync(string text, int top = 10, PassageFilter? filter = null) =>
        new PassageSearch(Store).SearchAsync(new PassageQuery { Text = text, Top = top, Filter = filter ?? PassageFilter.None });

    private protected async Task<CollectionStatistics> CountAsync()
    {
        await using var view = await Store.OpenViewAsync();
        return await view.CountAsync();
    }

    private protected async Task ChangeAsync(string statement)
    {
        await using var database = Home.OpenDatabase();
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
    }

    private protected static string RandomText(Random random)
    {
        string[] words = ["pump", "water", "shaft", "grease", "red", "blue", "motor", "valve", "水泵", "电机", "阀门", "year", "check", "oil", "filter", "pressure"];
        var sentences = Enumerable.Range(0, 1 + random.Next(12)).Select(_ => string.Join(' ', Enumerable.Range(0, 2 + random.Next(9)).Select(_ => words[(int)(words.Length * Math.Pow(random.NextDouble(), 2))])) + ".");
        return string.Join("\n\n", sentences);
    }
}
