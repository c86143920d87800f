using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A fact of a <see cref="PassageStoreSuite"/>, which needs a server here.</summary>
public sealed class StoreFactAttribute : FactAttribute
{
    public StoreFactAttribute() => Skip = PostgresBinaries.Missing;
}
