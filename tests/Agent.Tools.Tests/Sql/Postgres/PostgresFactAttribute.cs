namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>A fact that needs a server.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresBinaries.Missing;
}
