using System.Globalization;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Sql.Postgres;
using Agent.Tools.Tests.Support;
using static Agent.Tools.Tests.Sql.Postgres.PostgresTools;

namespace Agent.Tools.Tests.Sql;

/// <summary>What holds for every engine, over the same shop. Where no PostgreSQL server is installed, its cases are left out.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SqlEngineContractTests(PostgresServer server) : IDisposable
{
    private const string Schema = "samples: 0\nschema: { tables: { customers: [id, name, city], orders: [id, customer_id, note] } }";

    private static readonly string[] Engines = PostgresBinaries.Folder is null ? ["sqlite"] : ["sqlite", "postgres"];

    private static readonly (string Sql, string Result)[] Questions =
    [
        ("SELECT id, name FROM customers WHERE city = 'Paris'", """[{"id": 3, "name": "O'Brien"}]"""),
        ("SELECT name, count(*) AS n FROM customers JOIN orders ON orders.customer_id = customers.id GROUP BY name ORDER BY n DESC", """[{"name": "Alice", "n": 2}, {"name": "王伟", "n": 1}]"""),
        ("WITH t AS (SELECT customer_id AS c, count(*) AS n FROM orders GROUP BY customer_id) SELECT c, n, rank() OVER (ORDER BY n) AS r FROM t ORDER BY c; -- done", """[{"c": 1, "n": 2, "r": 2}, {"c": 2, "n": 1, "r": 1}]"""),
        ("WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < 3) SELECT sum(i) AS s FROM d", """[{"s": 6}]"""),
        ("SELECT id FROM customers UNION SELECT 7 ORDER BY 1 LIMIT 2 OFFSET 2", """[{"id": 3}, {"id": 7}]"""),
        ("SELECT note FROM orders WHERE note IS NULL LIMIT 1", """[{"note": null}]"""),
        ("SELECT upper(trim('  a ')) AS u, replace('aba', 'a', 'c') AS r, substr('北京市', 2) AS s, length('王伟') AS l, coalesce(NULL, 'x') AS c", """[{"u": "A", "r": "cbc", "s": "京市", "l": 2, "c": "x"}]"""),
        ("SELECT CASE WHEN id IN (SELECT customer_id FROM orders) THEN 'yes' ELSE 'no' END AS bought FROM customers ORDER BY id", """[{"bought": "yes"}, {"bought": "yes"}, {"bought": "no"}]"""),
        ("SELECT 1 AS x, 2 AS x, 'a|\n' AS \"y z\"", """[{"x": 1, "x_2": 2, "y z": "a|\n"}]"""),
        ("SELECT count(*) AS n FROM customers WHERE 1 = 0", """[{"n": 0}]"""),
        ("SELECT id FROM customers WHERE 1 = 0", "[]"),
    ];

    private static readonly string[] Refused =
    [
        "SELECT card FROM customers", "SELECT total FROM orders", "SELECT name FROM secrets", "SELECT count(*) FROM secrets", "SELECT name FROM cards", "SELECT customers.card FROM customers", "DELETE FROM orders", "UPDATE orders SET note = 'x'", "DROP TABLE orders",
        "INSERT INTO orders(id) VALUES (9)", "CREATE TABLE t(a int)", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE orders", "EXPLAIN SELECT 1", "SELECT @x", "-- nothing", "SELECT", "SELECT nothing(1)", "BEGIN", "SELECT 'a", "SELECT (1", "",
    ];

    private readonly SqlToolFixture _shop = new();

    public static TheoryData<string> EachEngine => [.. Engines];

    public static TheoryData<string, string, string> EachQuestion
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var (engine, question) in Engines.SelectMany(engine => Questions.Select(question => (engine, question))))
            {
                data.Add(engine, question.Sql, question.Result);
            }

            return data;
        }
    }

    public void Dispose() => _shop.Dispose();

    [Theory]
    [MemberData(nameof(EachQuestion))]
    public async Task The_same_question_has_the_same_answer(string engine, string sql, string result)
    {
        await using var registry = await BuildAsync(engine, Schema);
        Assert.Equal(result, await registry.CallAsync("ask", Ask(sql)));
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task What_is_not_allowed_is_refused_with_the_schema(string engine)
    {
        await using var registry = await BuildAsync(engine, Schema);
        foreach (var sql in Refused)
        {
            var message = await registry.FailAsync("ask", Ask(sql));
            Assert.Contains(". Tables: ", message, StringComparison.Ordinal);
            Assert.DoesNotContain(SqlToolFixture.Canary, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task The_description_tells_what_may_be_read(string engine)
    {
        await using var registry = await BuildAsync(engine, Schema);
        Assert.Contains("\ncustomers(id integer, name text, city ", registry.Tools[0].Description, StringComparison.Ordinal);
        Assert.Contains("\norders(id integer, customer_id integer -> customers.id, note text)", registry.Tools[0].Description, StringComparison.Ordinal);
        Assert.DoesNotContain("card", registry.Tools[0].Description, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task Rows_and_bytes_are_bounded(string engine)
    {
        const string Many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n";
        await using var few = await BuildAsync(engine, Schema + "\nrows: 2");
        Assert.Equal("[{\"i\": 1}, {\"i\": 2}]\n... [truncated: the first 2 rows, there are more; filter or aggregate]", await few.CallAsync("ask", Ask(Many)));
        await using var small = await BuildAsync(engine, Schema + "\nrows: 1000", "description: x\nlimits: { max_result_bytes: 400 }");
        var result = await small.CallAsync("ask", Ask(Many));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(result), 200, 400);
        Assert.Contains("rows fit into 400 bytes, there are more", result, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task A_statement_is_stopped_at_its_limit_and_with_its_caller(string engine)
    {
        const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - 1 FROM n) SELECT count(*) FROM n";
        await using var registry = await BuildAsync(engine, Schema + "\ntime_limit: 100ms");
        Assert.StartsWith("the query ran longer than 100 ms; filter more, or join on keys.", await registry.FailAsync("ask", Ask(Endless)), StringComparison.Ordinal);
        using var cancellation = new CancellationTokenSource();
        var call = registry.CallAsync("ask", Ask(Endless), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("""[{"n": 3}]""", await registry.CallAsync("ask", Ask("SELECT count(*) AS n FROM orders")));
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task Arguments_are_values_whatever_they_say(string engine)
    {
        await using var registry = await BuildAsync(
            engine,
            "query: SELECT id FROM customers WHERE name = @name ORDER BY id LIMIT @most",
            "description: x\nparameters: { type: object, properties: { name: { type: string }, most: { type: integer, default: 5 } } }");
        Assert.Equal("""[{"id": 3}]""", await registry.CallAsync("ask", """{"name":"O'Brien"}"""));
        foreach (var name in (string[])["' OR 1=1 --", "x'; DROP TABLE orders; --", "$$", "@name", "\\' OR 1=1", "%", "\u0000"])
        {
            var arguments = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object> { ["name"] = name, ["most"] = 3 });
            Assert.True(await Record.ExceptionAsync(async () => Assert.Equal("[]", await registry.CallAsync("ask", arguments))) is null or Agent.Core.Agents.ToolException, name);
        }
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task Rows_can_come_as_a_Markdown_table(string engine)
    {
        await using var registry = await BuildAsync(engine, "format: markdown\nquery: SELECT id, name FROM customers ORDER BY id");
        Assert.Equal("| id | name |\n| --- | --- |\n| 1 | Alice |\n| 2 | 王伟 |\n| 3 | O'Brien |", await registry.CallAsync("ask"));
    }

    [Theory]
    [MemberData(nameof(EachEngine))]
    public async Task Many_calls_at_once_get_their_own_answers(string engine)
    {
        await using var registry = await BuildAsync(engine, Schema);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(index => registry.CallAsync("ask", Ask(string.Create(CultureInfo.InvariantCulture, $"SELECT {index} AS n, count(*) AS c FROM orders")))));
        Assert.Equal(Enumerable.Range(0, 40).Select(index => $$"""[{"n": {{index}}, "c": 3}]"""), answers);
    }

    private Task<ToolRegistry> BuildAsync(string engine, string options, string extra = "description: Ask the shop") =>
        engine == "sqlite" ? _shop.BuildAsync(options, extra) : server.BuildAsync(options, extra);
}
