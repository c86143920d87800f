using System.Globalization;
using Agent.Tools.Tests.Support;
using Npgsql;
using static Agent.Tools.Tests.Sql.Postgres.PostgresTools;

namespace Agent.Tools.Tests.Sql.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresOpenQueryTests(PostgresServer server)
{
    private const string Schema = "schema: { tables: { customers: [id, name, city], orders: \"*\" } }";
    private const string Busy = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND usename = 'reader'";

    [PostgresFact]
    public async Task The_description_tells_tables_columns_comments_and_samples()
    {
        await using var registry = await server.BuildAsync("schema: { tables: { customers: [id, name, city], orders: \"*\", visits: \"*\" } }");
        Assert.Equal(
            """
            Ask the shop
            Runs one PostgreSQL SELECT (read only). Tables:
            customers(id integer, name text e.g. 'Alice' 'O''Brien' '王伟', city varchar(40) e.g. 'London' 'Paris' '北京')
            orders(id integer, customer_id integer -> customers.id, total numeric(10,2) /* in euro */, ordered_on date e.g. '2026-06-01', note text e.g. 'gift') -- What was ordered
            visits(id bigint, happened timestamptz e.g. '2026-06-01 10:00:00+00', feeling enum e.g. 'good', "Page Name" text e.g. 'home', "order" integer, tags text[] e.g. '{a,b}', body jsonb)
            Today is current_date; last month is date_trunc('month', current_date) - interval '1 month'.
            """.ReplaceLineEndings("\n"),
            registry.Tools[0].Description);
    }

    [PostgresTheory]
    [InlineData("SELECT name, count(*) AS n FROM customers JOIN orders ON orders.customer_id = customers.id GROUP BY customers.id, name ORDER BY n DESC", """[{"name": "Alice", "n": 2}, {"name": "王伟", "n": 1}]""")]
    [InlineData("WITH t AS (SELECT customer_id AS c, sum(total) AS s FROM orders GROUP BY 1) SELECT c, s, rank() OVER (ORDER BY s) AS r FROM t ORDER BY c;  -- done", """[{"c": 1, "s": 30.3, "r": 2}, {"c": 2, "s": 30.0, "r": 1}]""")]
    [InlineData("SELECT count(*) AS n FROM public.orders AS o WHERE to_char(o.ordered_on, 'YYYY-MM') = '2026-06'", """[{"n": 2}]""")]
    [InlineData("SELECT public.orders.id FROM public.orders ORDER BY 1 LIMIT 1", """[{"id": 1}]""")]
    [InlineData("WITH orders AS (SELECT id FROM orders) SELECT count(*) AS n FROM orders", """[{"n": 3}]""")]
    [InlineData("SELECT * FROM customers ORDER BY id LIMIT 1", """[{"id": 1, "name": "Alice", "city": "London"}]""")]
    [InlineData("TABLE orders ORDER BY id LIMIT 1", """[{"id": 1, "customer_id": 1, "total": 10.1, "ordered_on": "2026-06-01", "note": null}]""")]
    [InlineData("VALUES (1), (2) /* two /* in */ one */ ; ", """[{"column1": 1}, {"column1": 2}]""")]
    [InlineData("(SELECT 1 AS a) UNION ALL (SELECT 2) ORDER BY 1", """[{"a": 1}, {"a": 2}]""")]
    [InlineData("WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < 3) SELECT string_agg(i::text, '-') AS s FROM d", """[{"s": "1-2-3"}]""")]
    [InlineData("SELECT d::date AS d FROM generate_series('2026-06-01'::date, '2026-06-02', interval '1 day') AS g(d)", """[{"d": "2026-06-01"}, {"d": "2026-06-02"}]""")]
    [InlineData("SELECT x FROM (VALUES (1), (2)) t(x) WHERE x IN (2)", """[{"x": 2}]""")]
    [InlineData("SELECT extract(year FROM ordered_on) AS y, count(*) FILTER (WHERE total > 15) AS n FROM orders GROUP BY (1)", """[{"y": 2026, "n": 2}]""")]
    [InlineData("SELECT CAST('7' AS numeric(10, 2)) AS a, 'x'::varchar(3) AS b, true AS c, NULL AS d, 1.5::float8 AS e, '\\x01ff'::bytea AS f, $q$it's$q$ AS g, E'a\\'b' AS h", """[{"a": 7.0, "b": "x", "c": true, "d": null, "e": 1.5, "f": "<2 bytes>", "g": "it's", "h": "a'b"}]""")]
    [InlineData("SELECT coalesce(note, 'none') AS note, CASE WHEN (total > 15) THEN 'big' ELSE 'small' END AS size FROM orders o WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id AND c.name LIKE '王%') ORDER BY id", """[{"note": "none", "size": "small"}, {"note": "gift", "size": "big"}]""")]
    [InlineData("SELECT now() AT TIME ZONE 'UTC' > '2020-01-01' AS late, interval '1 month' AS m, ARRAY(SELECT id FROM orders ORDER BY id) AS ids", """[{"late": true, "m": "1 mon", "ids": "{1,2,3}"}]""")]
    [InlineData("SELECT 0.1::float8 + 0.2 AS x, 'Infinity'::float8 AS x, 12345678901234567890123456789012 AS x, 'a'\n'b' AS t", """[{"x": 0.3, "x_2": "Infinity", "x_3": "12345678901234567890123456789012", "t": "ab"}]""")]
    public async Task Ordinary_questions_are_answered(string sql, string result)
    {
        await using var registry = await server.BuildAsync(Schema);
        Assert.Equal(result, await registry.CallAsync("ask", Ask(sql)));
    }

    [PostgresTheory]
    [InlineData("SELECT nme FROM customers", "SQL error: column \"nme\" does not exist (Perhaps you meant to reference the column \"customers.name\")", "customers(id, name, city). Other tables: orders")]
    [InlineData("SELECT card FROM customers", "SQL error: column \"card\" does not exist", "customers(id, name, city). Other tables: orders")]
    [InlineData("SELECT count(*) FROM secrets", "SQL error: relation \"secrets\" does not exist", null)]
    [InlineData("SELECT count(*) FROM public.secrets", "public.secrets may not be read", null)]
    [InlineData("SELECT count(*) FROM pg_class", "pg_class may not be read", null)]
    [InlineData("SELECT @x", "the statement has a parameter x; write the value itself", null)]
    [InlineData("SELECT $1", "$ is no parameter here; write the value itself", null)]
    [InlineData("-- nothing", "only SELECT is allowed", null)]
    [InlineData("EXPLAIN ANALYZE SELECT 1", "only SELECT is allowed", null)]
    [InlineData("SELECT 1; SELECT 2", "only one statement is allowed", null)]
    [InlineData("SELECT repeat('x', 5)", "function repeat is not available", null)]
    [InlineData("SELECT 1 / 0", "SQL error: division by zero", null)]
    public async Task What_is_wrong_comes_back_with_the_schema(string sql, string problem, string? tables)
    {
        await using var registry = await server.BuildAsync(Schema);
        Assert.Equal($"{problem}. Tables: {tables ?? "customers(id, name, city); orders(id, customer_id, total, ordered_on, note)"}.", await registry.FailAsync("ask", Ask(sql)));
    }

    [PostgresFact]
    public async Task A_schema_may_name_views_whole_schemas_and_tables_of_one_name()
    {
        await using var views = await server.BuildAsync("samples: 0\nschema: { tables: [sales] }");
        Assert.Equal("""[{"name": "Alice", "total": 30.3}]""", await views.CallAsync("ask", Ask("SELECT * FROM sales WHERE total > 30")));
        Assert.StartsWith("SQL error: relation \"orders\" does not exist", await views.FailAsync("ask", Ask("SELECT id FROM orders")), StringComparison.Ordinal);
        await using var both = await server.BuildAsync("samples: 0\nschema: { tables: { \"internal.*\": \"*\", orders: [id] } }");
        Assert.Contains("\nplans(id integer, name text)\ninternal.orders(id integer, margin integer)\norders(id integer)", both.Tools[0].Description, StringComparison.Ordinal);
        Assert.Equal("""[{"margin": 4711, "n": 3}]""", await both.CallAsync("ask", Ask("SELECT i.margin, (SELECT count(*) FROM orders) AS n FROM internal.orders i")));
    }

    [PostgresFact]
    public async Task A_schema_whose_name_needs_quotes_is_told_in_quotes()
    {
        await server.ExecuteAsync(
            """
            CREATE SCHEMA "Web Shop";
            CREATE TABLE "Web Shop".orders(id integer PRIMARY KEY);
            CREATE TABLE "Web Shop".parcels(order_id integer REFERENCES "Web Shop".orders(id));
            INSERT INTO "Web Shop".orders VALUES (7);
            GRANT USAGE ON SCHEMA "Web Shop" TO reader;
            GRANT SELECT ON ALL TABLES IN SCHEMA "Web Shop" TO reader
            """);
        try
        {
            await using var registry = await server.BuildAsync("samples: 0\nschema: { tables: [\"Web Shop.orders\", parcels] }");
            Assert.Contains("\n\"Web Shop\".orders(id integer)\nparcels(order_id integer -> \"Web Shop\".orders.id)", registry.Tools[0].Description, StringComparison.Ordinal);
            Assert.Equal("""[{"id": 7}]""", await registry.CallAsync("ask", Ask("SELECT id FROM \"Web Shop\".orders")));
        }
        finally
        {
            await server.ExecuteAsync("DROP SCHEMA \"Web Shop\" CASCADE");
        }
    }

    [PostgresFact]
    public async Task Partitions_made_later_and_policies_over_other_tables_are_no_obstacle()
    {
        await using var registry = await server.BuildAsync("samples: 0\nschema: { tables: { visits: [id, \"Page Name\"], ledger: \"*\" } }");
        Assert.Equal("""[{"Page Name": "home"}]""", await registry.CallAsync("ask", Ask("SELECT \"Page Name\" FROM visits")));
        Assert.Equal("""[{"id": 1, "owner": "reader", "amount": 5}]""", await registry.CallAsync("ask", Ask("SELECT * FROM ledger")));
        await server.ExecuteAsync("CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM (100) TO (200); INSERT INTO visits(id) VALUES (150)");
        try
        {
            Assert.Equal("""[{"n": 2}]""", await registry.CallAsync("ask", Ask("SELECT count(*) AS n FROM visits")));
        }
        finally
        {
            await server.ExecuteAsync("DROP TABLE visits_2");
        }
    }

    [PostgresFact]
    public async Task Rows_and_bytes_are_bounded_and_little_of_a_long_result_is_kept()
    {
        await using var registry = await server.BuildAsync(Schema + "\nrows: 1000");
        Assert.Contains("there are more", await registry.CallAsync("ask", Ask("SELECT g AS g FROM generate_series(1, 100000) AS g")), StringComparison.Ordinal);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var wide = await registry.CallAsync("ask", Ask("SELECT string_agg('xxxxxxxxxxxxxxxxxxxx', '') AS x, g.g FROM generate_series(1, 20000) AS s, generate_series(1, 20) AS g GROUP BY g.g"));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 10_000_000);
        Assert.Contains("... [truncated]", wide, StringComparison.Ordinal);
        Assert.Contains("there are more", wide, StringComparison.Ordinal);
        await server.WaitForAsync(Busy, "0");
    }

    [PostgresFact]
    public async Task A_caller_that_leaves_stops_the_statement_at_the_server()
    {
        await using var registry = await server.BuildAsync(Schema);
        using var cancellation = new CancellationTokenSource();
        var call = registry.CallAsync("ask", Ask("SELECT count(*) AS left_alone FROM generate_series(1, 2000000000)"), cancellation.Token);
        await server.WaitForAsync("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND usename = 'reader' AND query LIKE '%left_alone%'", "1");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await server.WaitForAsync(Busy, "0");
        Assert.Equal("""[{"n": 3}]""", await registry.CallAsync("ask", Ask("SELECT count(*) AS n FROM orders")));
    }

    [PostgresFact]
    public async Task A_lost_connection_is_a_failure_that_may_pass()
    {
        const string Terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'reader'";
        await using var once = await server.BuildAsync(Schema, "description: x\nlimits: { retries: 0 }");
        var call = once.FailAsync("ask", Ask("SELECT count(*) AS lost FROM generate_series(1, 2000000000)"));
        await server.WaitForAsync("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND usename = 'reader' AND query LIKE '%lost%'", "1");
        await server.ValueAsync(Terminate);
        Assert.Equal("ask: the connection to the database was lost; try again", await call);
        await using var again = await server.BuildAsync(Schema);
        await server.ValueAsync(Terminate);
        Assert.Equal("""[{"n": 3}]""", await again.CallAsync("ask", Ask("SELECT count(*) AS n FROM orders")));
    }

    [PostgresFact]
    public async Task A_locked_table_is_a_failure_that_may_pass()
    {
        await using var registry = await server.BuildAsync(Schema, "description: x\nlimits: { retries: 0 }");
        await using var connection = new NpgsqlConnection(server.Connection("admin") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        Assert.Equal("ask: the database is busy; try again", await registry.FailAsync("ask", Ask("SELECT id FROM orders")));
    }

    [PostgresFact]
    public async Task No_transaction_stays_open_and_connections_are_few()
    {
        await using var registry = await server.BuildAsync(Schema, "description: x\nlimits: { concurrency: 3 }");
        var calls = Enumerable.Range(0, 24).Select(index => registry.CallAsync("ask", Ask($"SELECT {index} AS n, count(*) AS c FROM generate_series(1, 100000)")));
        await Task.WhenAll(calls);
        await server.WaitForAsync(Busy, "0");
        var connections = int.Parse(await server.ValueAsync("SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader'"), CultureInfo.InvariantCulture);
        Assert.InRange(connections, 1, 3);
    }
}
