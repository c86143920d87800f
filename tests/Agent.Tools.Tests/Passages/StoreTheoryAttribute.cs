using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A theory of a <see cref="PassageStoreSuite"/>, which needs a server here.</summary>
public sealed class StoreTheoryAttribute : TheoryAttribute
{
    public StoreTheoryAttribute() => Skip = PostgresBinaries.Missing;
}
