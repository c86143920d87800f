using Agent.Core.Retrieval.Storage;
using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Tools.Tests.Passages;

/// <summary>The suite of every store, over PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageStoreTests(PostgresServer server) : PassageStoreContract
{
    private static readonly CollectionName Things = CollectionName.Parse("things");

    private readonly CollectionName _tenant = CollectionName.Parse($"t{Guid.NewGuid():N}");
    private readonly PostgresPassageServer _passages = server.Passages();

    protected override Task SetUpAsync() => Task.CompletedTask;

    protected override PassageDatabase OpenDatabase() => new PostgresPassageDatabase(_passages, new PostgresPassageSchema(_tenant, Things), Things);

    protected override async Task TearDownAsync()
    {
        if (PostgresBinaries.Missing is null)
        {
            await using var database = (PostgresPassageDatabase)OpenDatabase();
            if (await database.ExistsAsync(CancellationToken.None))
            {
                await database.DropAsync(CancellationToken.None);
            }
        }

        await _passages.DisposeAsync();
    }
}
