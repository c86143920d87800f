using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Tools.Tests.Passages;

/// <summary>The suite of every store, over PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageStoreTests(PostgresServer server) : PassageStoreContract
{
    private protected override IPassageHome Home { get; } = new PostgresPassageHome(server);
}
