using System.Diagnostics;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;
using Npgsql;
using Xunit.Abstractions;

namespace Agent.Tools.Tests.Passages;

/// <summary>Several hosts over one database: each has connections of its own, as a process has.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageHostTests(PostgresServer server, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'librarian' AND wait_event_type = 'Lock'";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly CollectionName Things = CollectionName.Parse("things");

    private readonly string _tenant = $"t{Guid.NewGuid():N}"[..20];
    private readonly List<PostgresPassageCollections> _hosts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (PostgresBinaries.Missing is null)
        {
            await ExecuteAsync($"DROP SCHEMA IF EXISTS {Schema(Things)} CASCADE");
        }

        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task What_one_host_writes_another_finds()
    {
        var (first, second) = (Host().Get(Things), Host().Get(Things));
        await using (var writer = await first.OpenWriterAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
                Assert.Equal(i + 1, (await SearchAsync(second, "pump")).Count);
            }

            Assert.Contains("is being written by another process (agent on ", (await Assert.ThrowsAsync<RetrievalException>(() => second.OpenWriterAsync())).Message, StringComparison.Ordinal);
        }

        await using (var writer = await second.OpenWriterAsync())
        {
            await writer.RemoveAsync("d3");
        }

        Assert.Equal(4, (await SearchAsync(first, "pump")).Count);
    }

    [PostgresFact]
    public async Task Hosts_that_start_at_once_create_the_collection_together()
    {
        var servers = Enumerable.Range(0, 6).Select(_ => server.Passages()).ToList();
        await Task.WhenAll(servers.Select(host => new PostgresPassageDatabase(host, new PostgresPassageSchema(CollectionName.Parse(_tenant), Things), Things).CreateAsync(CancellationToken.None))).WaitAsync(Limit);
        Assert.Equal("1", await ValueAsync($"SELECT count(*) FROM {Schema(Things)}.writer"));
        foreach (var host in servers)
        {
            await host.DisposeAsync();
        }
    }

    [PostgresTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_killed_in_the_middle_of_a_document_leaves_whole_documents(bool replaces)
    {
        var (first, second) = (Host().Get(Things), Host().Get(Things));
        var writer = await first.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));
        if (replaces)
        {
            await writer.PutAsync(StoredText.Of("b", "The old pump is green."));
        }

        var put = await BlockAsync(() => writer.PutAsync(StoredText.Of("b", "The pump is blue.\n\nThe fan is grey.")), async () =>
            Assert.Equal("true", (await ValueAsync("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'librarian' AND wait_event_type = 'Lock'")).ToLowerInvariant()));

        var problem = (await Assert.ThrowsAsync<RetrievalException>(() => put.WaitAsync(Limit))).Message;
        Assert.Contains("terminating connection due to administrator command (SQLSTATE 57P01)", problem, StringComparison.Ordinal);
        Assert.Contains("the connection was lost", (await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("c", "The fan is grey.")))).Message, StringComparison.Ordinal);
        Assert.Empty(await SearchAsync(second, "fan"));
        Assert.Equal(replaces ? ["a", "b"] : ["a"], await SourcesAsync(second, "pump"));
        Assert.Equal("0", await ValueAsync($"SELECT count(*) FROM {Schema(Things)}.chunks WHERE document NOT IN (SELECT id FROM {Schema(Things)}.documents)"));

        await writer.DisposeAsync();
        await using var next = await second.OpenWriterAsync();
        await next.PutAsync(StoredText.Of("b", "The pump is blue.\n\nThe fan is grey."));
        Assert.Equal(["a", "b"], await SourcesAsync(first, "pump"));
    }

    [PostgresFact]
    public async Task A_writer_whose_lock_is_lost_cannot_write_beside_the_next_one()
    {
        var (first, second) = (Host().Get(Things), Host().Get(Things));
        await using var writer = await first.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));

        // The lock goes while a document is on its way: it is stored as a whole before the next writer gets in, and none after it.
        Task<PassageWriter> opening = null!;
        var put = await BlockAsync(() => writer.PutAsync(StoredText.Of("b", "The pump is blue.")), async () =>
        {
            await ValueAsync("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'");
            await server.WaitForAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
            opening = second.OpenWriterAsync();
            await server.WaitForAsync(Waiting, "2");
            Assert.False(opening.IsCompleted);
        });
        await put.WaitAsync(Limit);
        await using var next = await opening.WaitAsync(Limit);

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("c", "The pump is green.")));
        Assert.Matches("is being written by another process since|the connection was lost", exception.Message);
        await next.PutAsync(StoredText.Of("d", "The pump is white."));
        await Assert.ThrowsAsync<RetrievalException>(() => writer.RemoveAsync("a"));
        Assert.Equal(["a", "b", "d"], await SourcesAsync(first, "pump"));
        Assert.Equal(["a", "b", "d"], await SourcesAsync(second, "pump"));
    }

    [PostgresFact]
    public async Task A_writer_whose_lock_is_lost_stops_also_where_nobody_else_writes()
    {
        var (first, second) = (Host().Get(Things), Host().Get(Things));
        await using var writer = await first.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));
        await ValueAsync("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'");
        await server.WaitForAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("b", "The pump is blue.")));
        Assert.EndsWith("the connection was lost. What was stored is whole; begin the work again, and it goes on from there.", exception.Message, StringComparison.Ordinal);
        await PutAsync(second, StoredText.Of("c", "The pump is green."));
        Assert.Equal(["a", "c"], await SourcesAsync(first, "pump"));
    }

    [PostgresFact]
    public async Task A_document_that_is_cancelled_at_the_server_leaves_the_writer_fit_for_the_next()
    {
        var store = Host().Get(Things);
        await using var writer = await store.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));
        using var cancel = new CancellationTokenSource();
        Task refused = null!;
        var put = await BlockAsync(
            () => writer.PutAsync(StoredText.Of("a", "The pump is blue."), cancel.Token),
            async () =>
            {
                refused = Task.Run(cancel.Cancel);
                await server.WaitForAsync(Waiting, "0");
            });
        await refused.WaitAsync(Limit);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put.WaitAsync(Limit));

        await writer.PutAsync(StoredText.Of("b", "The pump is green."));
        Assert.Equal(["a", "b"], await SourcesAsync(store, "pump"));
        Assert.Single(await SearchAsync(store, "red"));
    }

    [PostgresFact]
    public async Task A_connection_reads_only_and_within_limits()
    {
        await using var passages = server.Passages();
        await PutAsync(Host().Get(Things), StoredText.Of("a", "The pump is red."));
        var schema = new PostgresPassageSchema(CollectionName.Parse(_tenant), Things);
        await using var database = new PostgresPassageDatabase(passages, schema, Things);
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await database.BeginReadAsync(connection, CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT concat_ws('/', current_setting('search_path'), current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('transaction_isolation'))";
        Assert.Equal($"{schema.Quoted}, pg_temp/1min/30s/repeatable read", await command.ExecuteScalarAsync());
        command.CommandText = "DELETE FROM chunks";
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [PostgresFact]
    public async Task The_collections_of_a_tenant_are_its_own()
    {
        var (tenant, longest) = (_tenant, new string('n', 64));
        string[] names = ["manuals", "faq", "a-b_c", longest, new string('n', 63)];
        var other = tenant + "_manuals";
        foreach (var name in names)
        {
            await PutAsync(Host().Get(CollectionName.Parse(name)), StoredText.Of("a", $"The text of {name}."));
        }

        await PutAsync(Host(other).Get(CollectionName.Parse("faq")), StoredText.Of("a", "The text of another."));
        await PutAsync(Host(tenant + longest[..40]).Get(CollectionName.Parse(longest)), StoredText.Of("a", "The text of a third."));

        await using var collections = Host();
        Assert.Equal(names.Order(StringComparer.Ordinal), (await collections.ListAsync()).Select(name => name.Value));
        Assert.Equal(["faq"], (await Host(other).ListAsync()).Select(name => name.Value));
        Assert.Equal([longest], (await Host(tenant + longest[..40]).ListAsync()).Select(name => name.Value));
        Assert.Equal("The text of faq.", Assert.Single(await SearchAsync(collections.Get(CollectionName.Parse("faq")), "text")).Passage.Text);
        Assert.Equal($"The text of {longest}.", Assert.Single(await SearchAsync(collections.Get(CollectionName.Parse(longest)), "text")).Passage.Text);

        foreach (var name in names)
        {
            await collections.RemoveAsync(CollectionName.Parse(name));
        }

        Assert.Empty(await collections.ListAsync());
        Assert.Single(await Host(other).ListAsync());
        await Host(other).RemoveAsync(CollectionName.Parse("faq"));
        await Host(tenant + longest[..40]).RemoveAsync(CollectionName.Parse(longest));
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => collections.RemoveAsync(CollectionName.Parse("faq")));
        Assert.StartsWith("There is no collection 'faq' in database passages at ", exception.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_collection_that_was_removed_and_filled_anew_is_read_anew_by_every_host()
    {
        var (first, second) = (Host(), Host());
        await PutAsync(first.Get(Things), StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The pump is blue."));
        using var model = new WordVectors();
        var embedder = new PassageEmbedder("words", model);
        await EmbedAsync(first.Get(Things), embedder);
        var open = second.Get(Things);
        Assert.Equal(["a", "b"], await SourcesAsync(open, "pump"));
        Assert.Equal("b", (await SearchAsync(open, "blue", embedder))[0].Passage.Source);
        await using (await open.OpenWriterAsync())
        {
            Assert.Contains("is being written by another", (await Assert.ThrowsAsync<RetrievalException>(() => first.RemoveAsync(Things))).Message, StringComparison.Ordinal);
        }

        await first.RemoveAsync(Things);
        Assert.StartsWith("There is no collection 'things'.", (await Assert.ThrowsAsync<RetrievalException>(() => SearchAsync(open, "pump"))).Message, StringComparison.Ordinal);

        // As many transactions as before: its numbers are the same again.
        await PutAsync(first.Get(Things), StoredText.Of("c", "The pump is green."), StoredText.Of("d", "The fan is grey."));
        Assert.Equal(["c"], await SourcesAsync(open, "pump"));
        await EmbedAsync(first.Get(Things), embedder);
        Assert.Equal("d", (await SearchAsync(open, "fan", embedder))[0].Passage.Source);
    }

    [PostgresFact]
    public async Task Collections_over_one_pool_do_not_meet()
    {
        await using var host = Host();
        var stores = new[] { "x1", "x2", "x3" }.Select(name => (Name: name, Store: host.Get(CollectionName.Parse(name)))).ToList();
        foreach (var (name, store) in stores)
        {
            await PutAsync(store, StoredText.Of(name, $"The pump of {name}."));
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            var (name, store) = stores[i % stores.Count];
            Assert.Equal([name], await SourcesAsync(store, "pump"));
        }).WaitAsync(Limit);
        foreach (var (name, _) in stores)
        {
            await host.RemoveAsync(CollectionName.Parse(name));
        }
    }

    [PostgresTheory]
    [InlineData("nobody", "passages", "role \"nobody\" does not exist (SQLSTATE 28000). Check user and password of the connection, and who may connect from here (pg_hba.conf).")]
    [InlineData("librarian", "nothing", "database \"nothing\" does not exist (SQLSTATE 3D000). Create the database: CREATE DATABASE nothing ENCODING 'UTF8'.")]
    [InlineData("reader", "passages", "permission denied for database passages (SQLSTATE 42501). Let one role own all collections, and allow it to make schemas: GRANT CREATE ON DATABASE passages TO reader.")]
    public async Task What_the_server_says_is_told_with_the_fix(string role, string database, string problem)
    {
        await using var collections = new PostgresPassageCollections(server.Connection(role, database), _tenant);
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => collections.Get(Things).OpenWriterAsync());
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
        foreach (var ask in new Func<Task>[] { () => collections.ListAsync(), () => SearchAsync(collections.Get(Things), "pump"), () => collections.Get(Things).OpenWriterAsync(), () => collections.RemoveAsync(Things) })
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

    [PostgresFact]
    public async Task Files_are_ingested_and_found()
    {
        const int Files = 100;
        var folder = Directory.CreateTempSubdirectory("agent-ingest-").FullName;
        try
        {
            var random = new Random(1);
            for (var i = 0; i < Files; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, $"f{i}.md"), string.Join("\n\n", Enumerable.Range(0, 40).Select(part => $"## Part {part}\n\nPump {i} of part {part} has the number p{i}q{part}. {Words(random)}")));
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "strange.json"), """[{"name": "pump zero\u0000zero", "note": "an unusual \uD83D\uDE00 thing\uD83D"}]""");
            var (host, reader) = (Host().Get(Things), Host().Get(Things));
            await using (var writer = await host.OpenWriterAsync())
            {
                var report = await new Ingestion(writer).RunAsync([folder]).WaitAsync(TimeSpan.FromMinutes(2));
                Assert.Empty(report.Problems);
                Assert.Equal(Files + 1, report.Added);
                await using var view = await reader.OpenViewAsync();
                var statistics = await view.CountAsync();
                Assert.Equal((Files * 40) + 1, statistics.Passages);
                output.WriteLine($"{statistics.Passages} passages of {statistics.Documents} files in {report.Duration.TotalMilliseconds:0} ms: {statistics.Passages / report.Duration.TotalSeconds:0} passages a second");
                Assert.Equal(Files + 1, (await new Ingestion(writer).RunAsync([folder])).Unchanged);
            }

            const int Searches = 200;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Searches; i++)
            {
                Assert.NotEmpty(await SearchAsync(reader, $"pressure of pump p{i % Files}q{i % 40}"));
            }

            output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds / Searches:0.00} ms a search");
            Assert.Equal("f17.md", Path.GetFileName((await SearchAsync(reader, "p17q23"))[0].Passage.Source));
            Assert.Contains("pump zero\uFFFDzero", Assert.Single(await SearchAsync(reader, "unusual")).Passage.Text, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Words(Random random)
    {
        string[] words = ["pressure", "valve", "shaft", "grease", "bearing", "motor", "housing", "screw", "torque", "filter", "seal", "inlet", "outlet", "voltage", "current"];
        return string.Join(' ', Enumerable.Range(0, 80).Select(_ => words[random.Next(words.Length)])) + ".";
    }

    private static async Task PutAsync(PassageStore store, params IndexedDocument[] documents)
    {
        await using var writer = await store.OpenWriterAsync();
        foreach (var document in documents)
        {
            await writer.PutAsync(document);
        }
    }

    private static async Task EmbedAsync(PassageStore store, PassageEmbedder embedder)
    {
        await using var writer = await store.OpenWriterAsync();
        var chunks = await writer.ReadUnembeddedAsync(embedder.Name, 0, 1000);
        await writer.PutVectorsAsync(await embedder.EmbedAsync(chunks, CancellationToken.None));
    }

    private static Task<IReadOnlyList<PassageHit>> SearchAsync(PassageStore store, string text, PassageEmbedder? embedder = null) =>
        new PassageSearch(store, null, embedder).SearchAsync(new PassageQuery { Text = text, Mode = embedder is null ? SearchMode.Lexical : SearchMode.Dense }).WaitAsync(Limit);

    private static async Task<IReadOnlyList<string>> SourcesAsync(PassageStore store, string text) =>
        [.. (await SearchAsync(store, text)).Select(hit => hit.Passage.Source).Order(StringComparer.Ordinal)];

    private PostgresPassageCollections Host(string? tenant = null)
    {
        var host = new PostgresPassageCollections(server.PassageConnection(), tenant ?? _tenant);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Starts to store a document, and does something while its chunks wait for a lock.</summary>
    private async Task<Task> BlockAsync(Func<Task> put, Func<Task> meanwhile)
    {
        Task putting;
        await using (var admin = new NpgsqlConnection(server.Connection("admin", "passages") + ";Pooling=false"))
        {
            await admin.OpenAsync();
            await using var transaction = await admin.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand($"LOCK TABLE {Schema(Things)}.chunks IN EXCLUSIVE MODE", admin))
            {
                await command.ExecuteNonQueryAsync();
            }

            putting = put();
            await server.WaitForAsync(Waiting, "1");
            await meanwhile();
        }

        return putting;
    }

    private string Schema(CollectionName name) => new PostgresPassageSchema(CollectionName.Parse(_tenant), name).Quoted;

    private async Task ExecuteAsync(string sql) => await ValueAsync(sql);

    private async Task<string> ValueAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(server.Connection("admin", "passages") + ";Pooling=false");
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty;
    }
}
