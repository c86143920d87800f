using System.Collections.Concurrent;
using System.Diagnostics;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Xunit.Abstractions;

namespace Agent.Tools.Tests.Sql.Hostile;

/// <summary>Stop times are measured, and the memory bound is one for the process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(HostileStatementTests), DisableParallelization = true)]
public sealed class HostileStatementsAlone;

/// <summary>Nothing is written, nothing forbidden is read, and nothing runs on.</summary>
[Collection(nameof(HostileStatementTests))]
public sealed class HostileStatementTests(ITestOutputHelper output) : IDisposable
{
    private const string Options = "schema: { tables: { customers: [id, name, city], orders: \"*\" } }";

    private readonly SqlToolFixture _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public Task No_statement_writes() => AttackAsync("writes", HostileStatements.Writes, mustFail: true);

    [Fact]
    public Task No_statement_reads_what_is_not_allowed() => AttackAsync("reads", HostileStatements.Reads, mustFail: true);

    [Fact]
    public async Task Every_bomb_stops_in_time()
    {
        var worst = await AttackAsync("bombs", HostileStatements.Bombs, mustFail: false, "\ntime_limit: 300ms");
        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
    }

    [Theory]
    [InlineData("SELECT count(*) FROM n")]
    [InlineData("SELECT i FROM n ORDER BY -i")]
    [InlineData("SELECT i FROM n ORDER BY i")]
    [InlineData("SELECT count(trim(replace('000000000000000000000000', '0', i || '0000000000000000000'), '12345')) FROM n")]
    [InlineData("SELECT count(*) FROM n WHERE replace('000000000000000000000000', '0', i || '0000000000000000000') LIKE '%1%2%3%4%5%6%7%8%9%a%b%c%d%e'")]
    public async Task The_default_limit_is_two_seconds(string sql)
    {
        var worst = await AttackAsync("default limit", ["WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) " + sql], mustFail: true);
        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public void The_corpus_is_large_and_without_repetitions()
    {
        var all = HostileStatements.Writes.Concat(HostileStatements.Reads).Concat(HostileStatements.Bombs).ToList();
        Assert.Equal(all.Count, all.Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(all.Count, 500, int.MaxValue);
    }

    private async Task<TimeSpan> AttackAsync(string name, IReadOnlyList<string> statements, bool mustFail, string options = "")
    {
        await using var registry = await _shop.BuildAsync(Options + options, "description: Ask\nlimits: { timeout: 1m, concurrency: 64, circuit_breaker: false, retries: 0 }");
        var (hash, files) = (_shop.Hash, _shop.Files);
        var breaches = new ConcurrentBag<string>();
        var times = new ConcurrentBag<(TimeSpan Time, string Sql)>();
        await Parallel.ForEachAsync(statements, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (sql, _) =>
        {
            var watch = Stopwatch.StartNew();
            var (text, failed) = await AskAsync(registry, sql);
            times.Add((watch.Elapsed, sql));
            if (text.Contains("canary", StringComparison.OrdinalIgnoreCase) || (mustFail && !failed))
            {
                breaches.Add($"{sql} => {text}");
            }
        });
        var slowest = times.MaxBy(item => item.Time);
        output.WriteLine($"{name}: {statements.Count} attempts, {breaches.Count} breaches, worst stop {slowest.Time.TotalMilliseconds:0} ms ({slowest.Sql[..Math.Min(160, slowest.Sql.Length)]})");
        Assert.Empty(breaches);
        Assert.Equal(hash, _shop.Hash);
        Assert.Equal(files, _shop.Files);
        return slowest.Time;
    }

    private static async Task<(string Text, bool Failed)> AskAsync(ToolRegistry registry, string sql)
    {
        Assert.True(registry.TryGet("ask", out var tool));
        try
        {
            return ((string)(await tool.InvokeAsync(new Microsoft.Extensions.AI.AIFunctionArguments { ["sql"] = sql }))!, false);
        }
        catch (ToolException exception)
        {
            return (exception.Message, true);
        }
    }
}
