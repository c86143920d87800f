using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Tools.Tests.Passages;

/// <summary>The suite of every store with vectors, over PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageVectorTests(PostgresServer server) : PassageVectorContract
{
    private protected override IPassageHome Home { get; } = new PostgresPassageHome(server);
}
