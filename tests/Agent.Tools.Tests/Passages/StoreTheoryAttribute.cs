using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>A theory of <see cref="PassageStoreContract"/>, which needs a server here.</summary>
public sealed class StoreTheoryAttribute : TheoryAttribute
{
    public StoreTheoryAttribute() => Skip = PostgresBinaries.Missing;
}
