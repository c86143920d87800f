namespace Agent.Tools.Sql.Shop;

/// <summary>The texts that the sample shop is made from.</summary>
internal static class ShopResources
{
    internal static string Read(string name)
    {
        using var stream = typeof(ShopResources).Assembly.GetManifestResourceStream($"Agent.Tools.Sql.Shop.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The rows of a table of texts, its heading left out.</summary>
    internal static IReadOnlyList<string[]> Rows(string name) =>
        [.. Read(name).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line => line.Split(','))];
}
