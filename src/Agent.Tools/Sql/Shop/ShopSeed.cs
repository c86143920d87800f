using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Agent.Tools.Sql.Shop;

/// <summary>Fills the sample shop. The same day gives the same shop.</summary>
internal static class ShopSeed
{
    internal const int Customers = 200;
    internal const int Orders = 2_000;
    internal const int Months = 14;

    private static readonly string[] Statuses = ["paid", "shipped", "delivered", "delivered", "delivered", "cancelled"];

    internal static void Fill(SqliteConnection connection, DateOnly today)
    {
        var random = new Sequence(20_240_229);
        var first = today.AddMonths(-Months);
        var products = ShopResources.Rows("products.csv");
        Insert(connection, "products(name, name_en, category, price)", products.Select(row => new object[] { row[0], row[1], row[2], double.Parse(row[3], CultureInfo.InvariantCulture) }));
        Insert(connection, "customers(name, city, email, joined_on)", NewCustomers(random, first));
        var orders = Enumerable.Range(1, Orders).Select(_ => first.AddDays(random.Next(today.DayNumber - first.DayNumber + 1))).Order().ToList();
        Insert(connection, "orders(customer_id, ordered_on, status)", orders.Select(day => new object[]
        {
            1 + (random.Next(Customers) * random.Next(Customers) / Customers), Iso(day), day.DayNumber > today.DayNumber - 4 ? "paid" : Statuses[random.Next(Statuses.Length)],
        }));
        Insert(connection, "order_items(order_id, product_id, quantity, price)", NewItems(random, products));
    }

    private static IEnumerable<object[]> NewCustomers(Sequence random, DateOnly first)
    {
        var people = ShopResources.Rows("customers.csv");
        for (var index = 1; index <= Customers; index++)
        {
            var isChinese = index % 3 != 0;
            var rows = people.Where(row => row[3] == (isChinese ? "zh" : "en")).ToList();
            var given = rows[random.Next(rows.Count)][1];
            var surname = rows[random.Next(rows.Count)][0];
            var city = rows[random.Next(rows.Count)][2];
            yield return [isChinese ? surname + given : $"{given} {surname}", city, $"customer{index}@example.com", Iso(first.AddDays(-random.Next(600)))];
        }
    }

    private static IEnumerable<object[]> NewItems(Sequence random, IReadOnlyList<string[]> products)
    {
        for (var order = 1; order <= Orders; order++)
        {
            // The smaller of two draws: some products sell far better than others, as in a real shop.
            var chosen = Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Math.Min(random.Next(products.Count), random.Next(products.Count))).Distinct().ToList();
            foreach (var product in chosen)
            {
                yield return [order, product + 1, 1 + (random.Next(3) * random.Next(2)), double.Parse(products[product][3], CultureInfo.InvariantCulture)];
            }
        }
    }

    private static void Insert(SqliteConnection connection, string target, IEnumerable<object[]> rows)
    {
        SqliteCommand? command = null;
        foreach (var row in rows)
        {
            if (command is null)
            {
                command = connection.CreateCommand();
                command.CommandText = $"INSERT INTO {target} VALUES ({string.Join(", ", row.Select((_, index) => $"@p{index}"))})";
            }

            command.Parameters.Clear();
            for (var index = 0; index < row.Length; index++)
            {
                command.Parameters.AddWithValue($"@p{index}", row[index]);
            }

            command.ExecuteNonQuery();
        }

        command?.Dispose();
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A fixed sequence: the framework's own may change between versions.</summary>
    private sealed class Sequence(ulong seed)
    {
        private ulong _state = seed;

        internal int Next(int bound)
        {
            _state = unchecked((_state * 6_364_136_223_846_793_005UL) + 1_442_695_040_888_963_407UL);
            return (int)((_state >> 33) % (ulong)bound);
        }
    }
}
