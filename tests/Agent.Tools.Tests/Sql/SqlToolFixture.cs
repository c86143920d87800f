using System.Security.Cryptography;
using Agent.Tools.Registry;
using Microsoft.Data.Sqlite;

namespace Agent.Tools.Tests.Sql;

/// <summary>A database in a folder of its own, and sql tools over it.</summary>
internal sealed class SqlToolFixture : IDisposable
{
    /// <summary>Stands in every place that no tool of these tests may read.</summary>
    public const string Canary = "canary-4711-forbidden";

    private readonly string _folder = Directory.CreateTempSubdirectory("agent-sql-").FullName;

    public SqlToolFixture()
    {
        Database = Path.Combine(_folder, "shop.db");
        Execute(
            $"""
            CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, city TEXT, card TEXT);
            CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), total REAL, ordered_on TEXT, note TEXT);
            CREATE TABLE secrets(id INTEGER PRIMARY KEY, name TEXT, card TEXT, pin INTEGER);
            CREATE VIEW cards AS SELECT name, card FROM customers;
            CREATE VIRTUAL TABLE search USING fts5(body);
            INSERT INTO customers VALUES (1, 'Alice', 'London', '{Canary}'), (2, '王伟', '北京', '{Canary}'), (3, 'O''Brien', 'Paris', '{Canary}');
            INSERT INTO orders VALUES (1, 1, 10.1, '2026-06-01', NULL), (2, 1, 20.2, '2026-06-15', 'gift'), (3, 2, 30, '2026-07-01', NULL);
            INSERT INTO secrets VALUES (1, '{Canary}', '{Canary}', 4711);
            INSERT INTO search VALUES ('{Canary}');
            """);
    }

    public string Database { get; }

    public string Hash => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Database)));

    public string[] Files => [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A builder over one tool named "ask"; <c>database</c> is filled in.</summary>
    public ToolRegistryBuilder Builder(string options, string extra = "description: Ask the shop", TimeProvider? time = null) =>
        new ToolRegistryBuilder { TimeProvider = time ?? TimeProvider.System }.AddText(
            $$"""
            version: 1
            tools:
              - name: ask
                kind: sql
                {{extra.ReplaceLineEndings("\n    ")}}
                options:
                  database: "{{Database}}"
                  {{options.ReplaceLineEndings("\n      ")}}
            """,
            "tools.yaml");

    public Task<ToolRegistry> BuildAsync(string options, string extra = "description: Ask the shop") => Builder(options, extra).BuildAsync();

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
