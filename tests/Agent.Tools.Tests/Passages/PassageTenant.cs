using Agent.Core.Retrieval.Storage;
using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;
using Npgsql;

namespace Agent.Tools.Tests.Passages;

/// <summary>A tenant of a test and hosts that serve it; disposing it removes its collection.</summary>
internal sealed class PassageTenant(PostgresServer server) : IAsyncDisposable
{
    /// <summary>The collection of most tests.</summary>
    public static readonly CollectionName Things = CollectionName.Parse("things");

    private readonly List<PostgresPassageCollections> _hosts = [];

    /// <summary>The tenant.</summary>
    public CollectionName Name { get; } = CollectionName.Parse($"t{Guid.NewGuid():N}"[..20]);

    /// <summary>A host with connections of its own, of this tenant or another one.</summary>
    public PostgresPassageCollections Host(string? tenant = null)
    {
        var host = new PostgresPassageCollections(server.PassageConnection(), tenant ?? Name.Value);
        _hosts.Add(host);
        return host;
    }

    /// <summary>The schema of a collection, for statements.</summary>
    public string Schema(CollectionName name) => new PostgresPassageSchema(Name, name).Quoted;

    /// <summary>What a statement of the administrator yields.</summary>
    public async Task<string> ValueAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(server.Connection("admin", "passages") + ";Pooling=false");
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty;
    }

    public async ValueTask DisposeAsync()
    {
        if (PostgresBinaries.Missing is null)
        {
            await ValueAsync($"DROP SCHEMA IF EXISTS {Schema(Things)} CASCADE");
        }

        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }
}
