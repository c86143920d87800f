namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>A theory that needs a server.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresBinaries.Missing;
}
