using System.Collections.Concurrent;
using System.Data.Common;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Npgsql;

namespace Agent.Tools.Passages;

/// <summary>
/// The collections of one tenant in a PostgreSQL database, for any number of hosts: a schema each, so that no query can reach what is another's.
/// One host at a time writes to a collection; all search it. Thread-safe.
/// </summary>
/// <remarks>The role needs <c>CREATE</c> on the database, or schemas that somebody made for it. A pooler between must keep a session on one connection.</remarks>
public sealed class PostgresPassageCollections : IPassageCollections
{
    private readonly ConcurrentDictionary<string, PassageStore> _stores = new(StringComparer.Ordinal);
    private readonly PostgresPassageServer _server;
    private readonly CollectionName _tenant;

    /// <summary>Names the database; nothing is connected to yet.</summary>
    /// <param name="connection">
    /// The connection, as <c>Host=...;Database=...;Username=...;Password=...</c> or <c>postgresql://user:password@host/database</c>. Of a pool at most
    /// 20 connections are used, and one more by each writer; a <c>Maximum Pool Size</c> below 3 is refused.
    /// </param>
    /// <param name="tenant">Whose collections they are: 1 to 64 of a-z, 0-9, - and _, a letter or digit first.</param>
    /// <exception cref="ArgumentException">One of them cannot be used; the message says why, without the text of the connection.</exception>
    public PostgresPassageCollections(string connection, string tenant = "default")
    {
        ArgumentNullException.ThrowIfNull(connection);
        _tenant = CollectionName.TryParse(tenant, out var name)
            ? name
            : throw new ArgumentException($"'{tenant}' is no name of a tenant. Use 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit.", nameof(tenant));
        _server = new PostgresPassageServer(connection);
    }

    /// <summary>Checks a connection without connecting.</summary>
    /// <param name="connection">The connection.</param>
    /// <exception cref="ArgumentException">It cannot be used; the message says why, without the text of the connection.</exception>
    public static void ThrowIfUnusable(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _ = PostgresPassageServer.Parse(connection);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CollectionName>> ListAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = await _server.OpenAsync(schema: null, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await ListAsync(connection, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (DbException exception)
        {
            throw _server.Explain(collection: null, exception);
        }
    }

    /// <inheritdoc/>
    public PassageStore Get(CollectionName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _stores.GetOrAdd(name.Value, _ => new PassageStore(Open(name)));
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(CollectionName name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var database = Open(name);
        await using (database.ConfigureAwait(false))
        {
            try
            {
                if (!await database.ExistsAsync(cancellationToken).ConfigureAwait(false))
                {
                    throw new RetrievalException($"There is no collection '{name}' in {_server.Place}.");
                }

                await database.DropAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception)
            {
                throw database.Explain(exception);
            }
        }

        // Whoever still has the store is told that there is no such collection; it holds nothing open.
        _stores.TryRemove(name.Value, out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }

        _stores.Clear();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private PostgresPassageDatabase Open(CollectionName name) => new(_server, new PostgresPassageSchema(_tenant, name), name);

    private async Task<IReadOnlyList<CollectionName>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Schemas =
            """
            SELECT n.nspname, obj_description(n.oid, 'pg_namespace') FROM pg_namespace n
            WHERE starts_with(n.nspname, @prefix) AND EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'collection')
            """;
        var command = new NpgsqlCommand(Schemas, connection) { Parameters = { new NpgsqlParameter<string>("prefix", PostgresPassageSchema.PrefixOf(_tenant)) } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var names = new List<CollectionName>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (PostgresPassageSchema.Read(_tenant, reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)) is { } name)
                    {
                        names.Add(name);
                    }
                }

                return [.. names.OrderBy(name => name.Value, StringComparer.Ordinal)];
            }
        }
    }
}
