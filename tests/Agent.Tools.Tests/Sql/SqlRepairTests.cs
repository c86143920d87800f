using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Sql;

public sealed class SqlRepairTests : IDisposable
{
    private const string Schema = "schema: { tables: { customers: [id, name, city], orders: \"*\" } }";
    private const string Wrong = "SELECT nme FROM customers";
    private const string Failure = "SQL error: no such column: nme. Tables: customers(id, name, city). Other tables: orders.";
    private const string Spent = "ask takes no further statements in this run: the first one and 2 repairs failed. Answer with what is known, or say that the database could not be asked.";

    private readonly SqlToolFixture _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_statement_may_be_repaired_twice_in_a_run()
    {
        await using var registry = await _shop.BuildAsync(Schema);
        var run = new ToolRunState();
        Assert.Equal($"{Failure} Correct the statement and call again; 2 repairs remain.", await FailAsync(registry, run, Wrong));
        Assert.Equal($"{Failure} Correct the statement and call again; 1 repair remains.", await FailAsync(registry, run, Wrong));
        Assert.Equal($"{Failure} No repairs remain: do not call this tool again; answer with what is known.", await FailAsync(registry, run, Wrong));
        Assert.Equal(Spent, await FailAsync(registry, run, Wrong));
        Assert.Equal(Spent, await FailAsync(registry, run, "SELECT 1"));
        Assert.Equal($"{Failure} Correct the statement and call again; 2 repairs remain.", await FailAsync(registry, new ToolRunState(), Wrong));
    }

    [Fact]
    public async Task A_statement_that_works_gives_the_next_one_its_repairs()
    {
        await using var registry = await _shop.BuildAsync(Schema);
        var run = new ToolRunState();
        await FailAsync(registry, run, Wrong);
        await FailAsync(registry, run, "   ");
        Assert.Equal("""[{"n": 1}]""", await CallAsync(registry, run, "SELECT 1 AS n"));
        Assert.EndsWith("2 repairs remain.", await FailAsync(registry, run, Wrong), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_database_costs_no_repair_and_tools_count_apart()
    {
        await using var registry = await _shop.BuildAsync(Schema, "description: x\nlimits: { retries: 0 }");
        await using var other = await _shop.BuildAsync(Schema);
        var run = new ToolRunState();
        using (var writer = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_shop.Database};Pooling=False"))
        {
            writer.Open();
            using var begin = writer.CreateCommand();
            begin.CommandText = "BEGIN EXCLUSIVE";
            begin.ExecuteNonQuery();
            Assert.Equal("ask: the database is busy; try again", await FailAsync(registry, run, "SELECT 1"));
        }

        Assert.EndsWith("2 repairs remain.", await FailAsync(registry, run, Wrong), StringComparison.Ordinal);
        Assert.EndsWith("2 repairs remain.", await FailAsync(other, run, Wrong), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_a_run_nothing_is_counted()
    {
        await using var registry = await _shop.BuildAsync(Schema);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.Equal(Failure, await registry.FailAsync("ask", """{"sql":"SELECT nme FROM customers"}"""));
        }
    }

    [Fact]
    public async Task Calls_of_one_run_that_fail_at_once_are_all_counted()
    {
        await using var registry = await _shop.BuildAsync(Schema);
        var run = new ToolRunState();
        var messages = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => FailAsync(registry, run, Wrong)));
        Assert.Equal(1, messages.Count(message => message.Contains("2 repairs remain", StringComparison.Ordinal)));
        Assert.Equal(1, messages.Count(message => message.Contains("No repairs remain", StringComparison.Ordinal)));
        Assert.Equal(Spent, await FailAsync(registry, run, "SELECT 1"));
    }

    private static async Task<string> FailAsync(ToolRegistry registry, ToolRunState run, string sql) =>
        (await Assert.ThrowsAnyAsync<ToolException>(() => CallAsync(registry, run, sql))).Message;

    private static async Task<string> CallAsync(ToolRegistry registry, ToolRunState run, string sql)
    {
        Assert.True(registry.TryGet("ask", out var tool));
        var arguments = new AIFunctionArguments { ["sql"] = sql };
        run.AddTo(arguments);
        return (string)(await tool.InvokeAsync(arguments))!;
    }
}
