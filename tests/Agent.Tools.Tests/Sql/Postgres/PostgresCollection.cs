namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>One server for all; nothing else runs meanwhile, as stop times are measured.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
