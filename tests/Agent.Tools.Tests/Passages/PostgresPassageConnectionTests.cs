using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;
using Npgsql;

namespace Agent.Tools.Tests.Passages;

/// <summary>What a connection may do, and what is said of one that will not do.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageConnectionTests(PostgresServer server) : IAsyncLifetime
{
    private readonly PassageTenant _tenant = server.NewTenant();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _tenant.DisposeAsync();

    [PostgresFact]
    public async Task A_connection_reads_only_and_within_limits()
    {
        await using var passages = server.Passages();
        await _tenant.Host().Get(PassageTenant.Things).PutAsync(StoredText.Of("a", "The pump is red."));
        var schema = new PostgresPassageSchema(_tenant.Name, PassageTenant.Things);
        await using var database = new PostgresPassageDatabase(passages, schema, PassageTenant.Things);
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await database.BeginReadAsync(connection, CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT concat_ws('/', current_setting('search_path'), current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('transaction_isolation'))";
        Assert.Equal($"{schema.Quoted}, pg_temp/1min/30s/repeatable read", await command.ExecuteScalarAsync());
        command.CommandText = "DELETE FROM chunks";
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [PostgresTheory]
    [InlineData("nobody", "passages", "role \"nobody\" does not exist (SQLSTATE 28000). Check user and password of the connection, and who may connect from here (pg_hba.conf).")]
    [InlineData("librarian", "nothing", "database \"nothing\" does not exist (SQLSTATE 3D000). Create the database: CREATE DATABASE nothing ENCODING 'UTF8'.")]
    [InlineData("reader", "passages", "permission denied for database passages (SQLSTATE 42501). Let one role own all collections, and allow it to make schemas: GRANT CREATE ON DATABASE passages TO reader.")]
    public async Task What_the_server_says_is_told_with_the_fix(string role, string database, string problem)
    {
        await using var collections = new PostgresPassageCollections(server.Connection(role, database), _tenant.Name.Value);
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => collections.Get(PassageTenant.Things).OpenWriterAsync());
        Assert.StartsWith($"Collection 'things' (database {database} at ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("): " + problem, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=/tmp/agent-pg-nowhere;Username=u;Password=hunter2;Database=d")]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=hunter2;Database=d")]
    [InlineData("postgresql://u:hunter2@127.0.0.1:1/d")]
    public async Task A_server_that_is_not_there_is_told_without_the_password(string connection)
    {
        await using var collections = new PostgresPassageCollections(connection);
        foreach (var ask in new Func<Task>[] { () => collections.ListAsync(), () => collections.Get(PassageTenant.Things).SearchAsync("pump"), () => collections.Get(PassageTenant.Things).OpenWriterAsync(), () => collections.RemoveAsync(PassageTenant.Things) })
        {
            var exception = await Assert.ThrowsAsync<RetrievalException>(ask);
            Assert.Contains("Check host and port of the connection", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Host=db;Username=u;Password=hunter2;Database=d", "../x", "'../x' is no name of a tenant.")]
    [InlineData("Host=db;Username=u;Password=hunter2;Database=d", "a$b", "'a$b' is no name of a tenant.")]
    [InlineData("Host=db;Hunter2=x", "x", "The connection of the collections is no connection string.")]
    [InlineData("Host=db;Password=hunter2;Database=d", "x", "The connection of the collections names no user.")]
    [InlineData("Host=db;Username=u;Password=hunter2;Database=d;Maximum Pool Size=2", "x", "The connection of the collections allows 2 connections (Maximum Pool Size), and at least 3 are needed: ")]
    public void A_tenant_or_connection_that_will_not_do_is_told(string connection, string tenant, string problem)
    {
        var exception = Assert.Throws<ArgumentException>(() => new PostgresPassageCollections(connection, tenant));
        Assert.StartsWith(problem, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("unter2", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_collections_share_a_schema()
    {
        string[] parts = ["a", "a_b", "b", "b_a", "abcdefg", new('a', 23), new('a', 24), new('a', 25), new('a', 32), new('a', 33), new('a', 64), new string('a', 63) + "b", "0123456789abcdef"];
        var names = parts.Select(CollectionName.Parse).ToList();
        var schemas = names.SelectMany(tenant => names.Select(name => (Tenant: tenant, Name: name, Schema: new PostgresPassageSchema(tenant, name)))).ToList();

        Assert.Equal(schemas.Count, schemas.Select(item => item.Schema.Identifier).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(schemas.Count * 2, schemas.SelectMany(item => new[] { item.Schema.WriterKey, item.Schema.CreationKey }).Distinct().Count());
        Assert.All(schemas, item => Assert.InRange(item.Schema.Identifier.Length, 1, 63));
        Assert.All(schemas, item => Assert.All(names, tenant => Assert.Equal(tenant == item.Tenant ? item.Name : null, PostgresPassageSchema.Read(tenant, item.Schema.Identifier, item.Schema.Comment))));
    }
}
