using Agent.Tools.Registry;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Sql.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresConnectionTests(PostgresServer server)
{
    private const string Set = "Set it like Host=db.example.com;Database=shop;Username=reader;Password=... or postgresql://reader:...@db.example.com/shop.";

    [Theory]
    [InlineData("connection: Host=db;Username=u;Password=hunter2;Database=d", "tools.yaml:6:19: \"connection\" of tool \"ask\" does not come from the environment. Write connection: ${NAME} and set the variable NAME, for example to Host=db.example.com;Database=shop;Username=reader;Password=...")]
    [InlineData("connection: ${SHOP_DB};Password=hunter2", "tools.yaml:6:19: \"connection\" of tool \"ask\" does not come from the environment. Write connection: ${NAME} and set the variable NAME, for example to Host=db.example.com;Database=shop;Username=reader;Password=...")]
    [InlineData("connection: ${OTHER_DB}", "tools.yaml:6:19: environment variable OTHER_DB is not set. Set OTHER_DB before starting, or remove ${OTHER_DB}.")]
    [InlineData("connection: ${SHOP_DB}\ndatabase: shop.db", "tools.yaml:6:19: options of tool \"ask\" name two databases. Keep \"connection\" for PostgreSQL, or \"database\" for a SQLite file.")]
    [InlineData("connection: ${SHOP_DB}\nsample: shop", "tools.yaml:6:19: options of tool \"ask\" name two databases. Keep \"connection\" for PostgreSQL, or \"database\" for a SQLite file.")]
    [InlineData("rows: 5", "tools.yaml:6:7: options of tool \"ask\" name no database. Add \"database: ./file.db\" for SQLite, or \"connection: ${NAME}\" for PostgreSQL.")]
    public async Task Where_a_database_may_be_named(string options, string problem)
    {
        var builder = Builder($"{options}\nquery: SELECT 1", "Host=nowhere.invalid;Username=u;Password=hunter2;Database=d");
        Assert.Equal([problem], await builder.ProblemsAsync());
    }

    [Theory]
    [InlineData("hunter2", "is no connection string")]
    [InlineData("Host=db;Hunter2=x", "is no connection string")]
    [InlineData("Host=db;Port=hunter2", "is no connection string")]
    [InlineData("postgresql://u:hunter2@db:x/d", "is no connection string")]
    [InlineData("postgresql://u:hunter2@db/d?options=-c%20x", "is no connection string")]
    [InlineData("Username=u;Password=hunter2;Database=d", "names no host")]
    [InlineData("Host=db;Password=hunter2;Database=d", "names no user")]
    [InlineData("postgresql://u:hunter2@db", "names no database")]
    public async Task A_wrong_connection_string_is_told_without_its_text(string text, string problem) =>
        Assert.Equal([$"tools.yaml:6:19: the variable of \"connection\" of tool \"ask\" {problem}. {Set}"], await Builder("connection: ${SHOP_DB}\nquery: SELECT 1", text).ProblemsAsync());

    [Fact]
    public void A_URI_is_read_with_its_escapes()
    {
        var connection = PostgresConnectionText.Parse("postgres://us%40er:p%2Fw%3A1@db.example.com:6543/my%20shop?sslmode=verify-full&application_name=a", out _)!;
        Assert.Equal(("us@er", "p/w:1", "db.example.com", 6543, "my shop", Npgsql.SslMode.VerifyFull, "a"), (connection.Username, connection.Password, connection.Host, connection.Port, connection.Database, connection.SslMode, connection.ApplicationName));
    }

    [PostgresTheory]
    [InlineData("admin", "shop", "the role of \"connection\" is a superuser or may use the server's files and programs. Make a role that may only read: CREATE ROLE reader LOGIN PASSWORD '...'; GRANT SELECT ON orders TO reader.")]
    [InlineData("boss", "shop", "the role of \"connection\" is a superuser or may use the server's files and programs. Make a role that may only read: CREATE ROLE reader LOGIN PASSWORD '...'; GRANT SELECT ON orders TO reader.")]
    [InlineData("reader", "nothing", "the database of \"connection\" does not exist on that server.")]
    [InlineData("nobody", "shop", "the database refuses the user of \"connection\" (SQLSTATE 28000).")]
    public async Task A_role_or_database_that_will_not_do_stops_the_start(string role, string database, string problem) =>
        Assert.Equal([$"tools.yaml:3:11: tool \"ask\" cannot start. {problem}"], await server.Builder("query: SELECT 1 AS n", connection: server.Connection(role, database)).ProblemsAsync());

    [PostgresFact]
    public async Task A_server_that_is_not_there_stops_the_start_without_its_name() =>
        Assert.Equal(
            ["tools.yaml:3:11: tool \"ask\" cannot start. the server of \"connection\" does not answer. Check the variable, and that the server runs and takes connections from here."],
            await server.Builder("query: SELECT 1 AS n", connection: "Host=/tmp/agent-pg-nowhere;Username=u;Password=hunter2;Database=d").ProblemsAsync());

    [PostgresFact]
    public async Task A_role_that_may_write_is_warned_of()
    {
        var logs = new CapturingLoggerFactory();
        await using (await server.Builder("schema: { tables: [orders, customers] }\nsamples: 0", role: "writer", logs: logs).BuildAsync())
        {
            Assert.Contains(logs.Lines, line => line.StartsWith("Warning: Tool ask only reads, but the role of its connection may change public.customers, public.orders;", StringComparison.Ordinal));
        }

        logs.Lines.Clear();
        await using (await server.Builder("schema: { tables: [orders] }\nsamples: 0", logs: logs).BuildAsync())
        {
            Assert.DoesNotContain(logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        }
    }

    [PostgresFact]
    public async Task The_password_is_in_no_message_and_no_log()
    {
        var logs = new CapturingLoggerFactory();
        await using var registry = await server.Builder("schema: { tables: [orders] }", logs: logs).BuildAsync();
        var message = await registry.FailAsync("ask", PostgresTools.Ask("SELECT 'secret-of-reader'::integer"));
        Assert.StartsWith("SQL error: invalid input syntax for type integer: \"***\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain(logs.Lines, line => line.Contains("secret-of-reader\"", StringComparison.Ordinal) && !line.Contains("***", StringComparison.Ordinal));
    }

    private static ToolRegistryBuilder Builder(string options, string connection) =>
        new ToolRegistryBuilder { Environment = name => name == "SHOP_DB" ? connection : null }.AddText(
            $"version: 1\ntools:\n  - name: ask\n    kind: sql\n    options:\n      {options.ReplaceLineEndings("\n      ")}\n    description: x",
            "tools.yaml");
}
