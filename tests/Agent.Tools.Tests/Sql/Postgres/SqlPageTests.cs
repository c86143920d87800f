using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>The example of docs/sql.md, on the sample shop and a real server.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SqlPageTests(PostgresServer server)
{
    [PostgresFact]
    public async Task The_example_runs()
    {
        var folder = Directory.CreateTempSubdirectory("agent-docs-");
        await server.ExecuteAsync("CREATE SCHEMA reporting; CREATE VIEW reporting.by_city AS SELECT city, count(*) AS customers FROM public.customers GROUP BY city; GRANT USAGE ON SCHEMA reporting TO reader; GRANT SELECT ON reporting.by_city TO reader");
        try
        {
            var page = await File.ReadAllTextAsync(Repository.Locate("docs", "sql.md"));

            // The sample lies in the user's own folder otherwise.
            var yaml = page.Split("```yaml\n")[1].Split("\n```")[0].Replace("sample: shop", "sample: shop\n      database: shop.db", StringComparison.Ordinal);
            await using var registry = await new ToolRegistryBuilder { TimeProvider = new ManualTimeProvider(), Environment = name => name == "SHOP_DB" ? server.Connection() : null }
                .AddText(yaml, Path.Combine(folder.FullName, "tools.yaml"))
                .BuildAsync();

            Assert.Equal("""[{"n": 60}]""", await registry.CallAsync("query_shop", PostgresTools.Ask("SELECT count(*) AS n FROM products")));
            Assert.Equal("""[{"id": 2, "total": 20.2, "ordered_on": "2026-06-15"}]""", await registry.CallAsync("orders_of_customer", """{"customer":1,"since":"2026-06-10"}"""));
            Assert.Equal(
                "| name | total |\n| --- | --- |\n| 王伟 | 30.00 |",
                await registry.CallAsync("ask_sales", PostgresTools.Ask("SELECT c.name, o.total FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.total DESC LIMIT 1")));
            Assert.Contains("card", await registry.FailAsync("ask_sales", PostgresTools.Ask("SELECT card FROM customers")), StringComparison.Ordinal);
            Assert.Contains("3", await registry.CallAsync("ask_sales", PostgresTools.Ask("SELECT sum(customers) FROM by_city")), StringComparison.Ordinal);
        }
        finally
        {
            await server.ExecuteAsync("DROP SCHEMA reporting CASCADE");
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Every_option_is_documented()
    {
        var page = await File.ReadAllTextAsync(Repository.Locate("docs", "sql.md"));
        Assert.All(KindSchema.Load("sql").GetProperty("properties").EnumerateObject(), option => Assert.Contains($"| `{option.Name}", page, StringComparison.Ordinal));
    }
}
