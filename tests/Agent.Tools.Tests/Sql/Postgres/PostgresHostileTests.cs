using System.Collections.Concurrent;
using System.Diagnostics;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using Xunit.Abstractions;

namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>
/// Nothing is written, nothing forbidden is read or called, and nothing runs on, although the role could write and read all: what holds
/// here is the guard, not the rights.
/// </summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresHostileTests(PostgresServer server, ITestOutputHelper output)
{
    private const string Options = "samples: 0\nschema: { tables: { customers: [id, name, city], orders: \"*\" } }";
    private const string Busy = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND usename = 'writer'";

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(2.5);

    [PostgresFact]
    public Task No_statement_writes() => AttackAsync("writes", PostgresHostileStatements.Writes, mustFail: true);

    [PostgresFact]
    public Task No_function_beyond_the_list_is_called() => AttackAsync("calls", PostgresHostileStatements.Calls, mustFail: true);

    [PostgresFact]
    public Task No_statement_reads_what_is_not_allowed() => AttackAsync("reads", PostgresHostileStatements.Reads, mustFail: true);

    [PostgresFact]
    public async Task Every_bomb_stops_in_time()
    {
        var worst = await AttackAsync("bombs", PostgresHostileStatements.Bombs, mustFail: false, "\ntime_limit: 150ms");
        Assert.InRange(worst, TimeSpan.Zero, LongestStop);
        await server.WaitForAsync(Busy, "0");
    }

    [PostgresTheory]
    [InlineData("SELECT count(*) FROM generate_series(1, 4000000000)")]
    [InlineData("WITH RECURSIVE n(s) AS (SELECT 'xxxxxxxx' UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n")]
    public async Task The_default_limit_is_two_seconds(string sql)
    {
        var worst = await AttackAsync("default limit", [sql], mustFail: true);
        Assert.InRange(worst, TimeSpan.Zero, LongestStop);
        await server.WaitForAsync(Busy, "0");
    }

    [Fact]
    public void The_corpus_is_large_and_without_repetitions()
    {
        string[] all = [.. PostgresHostileStatements.Writes, .. PostgresHostileStatements.Calls, .. PostgresHostileStatements.Reads, .. PostgresHostileStatements.Bombs];
        Assert.Equal(all.Length, all.Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(all.Length, 500, int.MaxValue);
    }

    private async Task<TimeSpan> AttackAsync(string name, IReadOnlyList<string> statements, bool mustFail, string options = "")
    {
        await using var registry = await server.BuildAsync(Options + options, "description: Ask\nlimits: { timeout: 1m, concurrency: 64, circuit_breaker: false, retries: 0 }", "writer");
        var hash = await server.HashAsync();
        var breaches = new ConcurrentBag<string>();
        var times = new ConcurrentBag<(TimeSpan Time, string Sql)>();
        await Parallel.ForEachAsync(statements, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (sql, _) =>
        {
            var watch = Stopwatch.StartNew();
            var (text, failed) = await AskAsync(registry, sql);
            times.Add((watch.Elapsed, sql));
            if (text.Contains(PostgresShop.Canary, StringComparison.OrdinalIgnoreCase) || text.Contains("4711", StringComparison.Ordinal) || (mustFail && !failed))
            {
                breaches.Add($"{sql} => {text}");
            }
        });
        var slowest = times.MaxBy(item => item.Time);
        output.WriteLine($"{name}: {statements.Count} attempts, {breaches.Count} breaches, worst stop {slowest.Time.TotalMilliseconds:0} ms ({slowest.Sql[..Math.Min(160, slowest.Sql.Length)]})");
        Assert.Empty(breaches);
        Assert.Equal(hash, await server.HashAsync());
        return slowest.Time;
    }

    private static async Task<(string Text, bool Failed)> AskAsync(ToolRegistry registry, string sql)
    {
        Assert.True(registry.TryGet("ask", out var tool));
        try
        {
            return ((string)(await tool.InvokeAsync(new AIFunctionArguments { ["sql"] = sql }))!, false);
        }
        catch (ToolException exception)
        {
            return (exception.Message, true);
        }
    }
}
