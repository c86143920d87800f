using Agent.Core.Retrieval.Storage;
using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Tools.Tests.Passages;

/// <summary>A collection of a tenant of its own.</summary>
internal sealed class PostgresPassageHome(PostgresServer server) : IPassageHome
{
    private static readonly CollectionName Things = CollectionName.Parse("things");

    private readonly CollectionName _tenant = CollectionName.Parse($"t{Guid.NewGuid():N}");
    private readonly PostgresPassageServer _passages = server.Passages();

    public PassageDatabase OpenDatabase() => new PostgresPassageDatabase(_passages, new PostgresPassageSchema(_tenant, Things), Things);

    public async ValueTask DisposeAsync()
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
