using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Tools.Tests.Passages;

/// <summary>The suite of every store that changes under its readers, over PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageChangeTests(PostgresServer server) : PassageChangeContract
{
    private protected override IPassageHome Home { get; } = new PostgresPassageHome(server);
}
