using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;

namespace Agent.Tools.Tests.Passages;

/// <summary>The database of the tests that is there for passages.</summary>
internal static class PassageConnections
{
    /// <summary>The connection of the role that owns the database.</summary>
    public static string PassageConnection(this PostgresServer server) => server.Connection("librarian", "passages");

    /// <summary>One host's way to it.</summary>
    public static PostgresPassageServer Passages(this PostgresServer server) => new(server.PassageConnection());

    /// <summary>A tenant of its own for a test.</summary>
    public static PassageTenant NewTenant(this PostgresServer server) => new(server);
}
