using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Sql.Shop;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Sql.Shop;

public sealed class ShopDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-shop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Database(string name = "shop.db") => Path.Combine(_folder, "new", name);

    private Task<ToolRegistry> BuildAsync(string name = "shop.db") => new ToolRegistryBuilder { TimeProvider = new ManualTimeProvider() }
        .AddText(
            $$"""
            version: 1
            tools:
              - name: query_shop
                kind: sql
                options:
                  sample: shop
                  database: "{{Database(name)}}"
                  schema: { tables: [customers, products, orders, order_items] }
                  samples: 1
            """,
            "tools.yaml")
        .BuildAsync();

    private static string Sql(string sql) => $$"""{"sql":"{{sql}}"}""";

    [Fact]
    public async Task The_shop_is_made_at_the_first_start()
    {
        await using var registry = await BuildAsync();
        Assert.Equal(
            """[{"c": 200, "p": 60, "o": 2000, "first": "2025-05-15", "last": "2026-07-15"}]""",
            await registry.CallAsync("query_shop", Sql("SELECT (SELECT count(*) FROM customers) AS c, (SELECT count(*) FROM products) AS p, (SELECT count(*) FROM orders) AS o, (SELECT min(ordered_on) FROM orders) AS first, (SELECT max(ordered_on) FROM orders) AS last")));
        Assert.Equal(
            """[{"months": 15, "orphans": 0, "empty": 0}]""",
            await registry.CallAsync("query_shop", Sql("SELECT count(DISTINCT substr(ordered_on, 1, 7)) AS months, (SELECT count(*) FROM order_items WHERE product_id NOT IN (SELECT id FROM products)) AS orphans, (SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM order_items)) AS empty FROM orders")));
        Assert.Equal(["shop.db"], Directory.EnumerateFiles(Path.Combine(_folder, "new")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(false, 60, false)]
    [InlineData(true, 6, false)]
    [InlineData(true, 8, true)]
    public void An_old_shop_of_nobody_is_made_anew(bool keepsFresh, int days, bool isNew)
    {
        var path = Database();
        new ShopDatabase(path, new ManualTimeProvider(), keepsFresh).EnsureCreated();
        var before = File.ReadAllBytes(path);
        File.SetLastWriteTimeUtc(path, new ManualTimeProvider().GetUtcNow().UtcDateTime);
        var later = new ManualTimeProvider();
        later.Advance(TimeSpan.FromDays(days));

        new ShopDatabase(path, later, keepsFresh).EnsureCreated();

        Assert.Equal(isNew, !before.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
        Assert.Equal(["shop.db"], Directory.EnumerateFiles(Path.Combine(_folder, "new")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_best_sellers_of_last_month_are_three_products_with_names_in_two_languages()
    {
        await using var registry = await BuildAsync();
        var rows = System.Text.Json.JsonDocument.Parse(await registry.CallAsync("query_shop", Sql("SELECT name, name_en, sum(quantity * order_items.price) AS sales FROM order_items JOIN orders ON orders.id = order_id JOIN products ON products.id = product_id WHERE strftime('%Y-%m', ordered_on) = '2026-06' GROUP BY product_id ORDER BY sales DESC LIMIT 3"))).RootElement;
        Assert.Equal(3, rows.GetArrayLength());
        Assert.All(rows.EnumerateArray(), row => Assert.True(row.GetProperty("name").GetString()![0] > 0x2E80 && char.IsAscii(row.GetProperty("name_en").GetString()![0]) && row.GetProperty("sales").GetDouble() > 0));
    }

    [Fact]
    public async Task The_description_fits_a_small_model()
    {
        await using var registry = await BuildAsync();
        Assert.InRange(registry.Tools[0].Description.Length, 300, 700);
    }

    [Fact]
    public async Task The_same_day_makes_the_same_shop_and_a_shop_is_never_made_anew()
    {
        await using (await BuildAsync("a.db"))
        await using (await BuildAsync("b.db"))
        {
            Assert.Equal(File.ReadAllBytes(Database("a.db")), File.ReadAllBytes(Database("b.db")));
        }

        File.SetLastWriteTimeUtc(Database("a.db"), DateTime.UnixEpoch);
        await using (await BuildAsync("a.db"))
        {
            Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Database("a.db")));
        }
    }

    [Fact]
    public async Task Many_starts_at_once_make_one_shop()
    {
        var registries = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => BuildAsync())));
        foreach (var registry in registries)
        {
            Assert.Equal("""[{"n": 2000}]""", await registry.CallAsync("query_shop", Sql("SELECT count(*) AS n FROM orders")));
            await registry.DisposeAsync();
        }

        Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, "new")));
    }
}
