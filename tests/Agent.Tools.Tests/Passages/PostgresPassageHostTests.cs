using System.Diagnostics;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Passages;
using Agent.Tools.Tests.Sql.Postgres;
using Xunit.Abstractions;

namespace Agent.Tools.Tests.Passages;

/// <summary>Several hosts over one database: each has connections of its own, as a process has.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageHostTests(PostgresServer server, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly PassageTenant _tenant = server.NewTenant();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _tenant.DisposeAsync();

    [PostgresFact]
    public async Task What_one_host_writes_another_finds()
    {
        var (first, second) = (_tenant.Host().Get(PassageTenant.Things), _tenant.Host().Get(PassageTenant.Things));
        await using (var writer = await first.OpenWriterAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
                Assert.Equal(i + 1, (await second.SearchAsync("pump")).Count);
            }

            Assert.Contains("is being written by another process (agent on ", (await Assert.ThrowsAsync<RetrievalException>(() => second.OpenWriterAsync())).Message, StringComparison.Ordinal);
        }

        await using (var writer = await second.OpenWriterAsync())
        {
            await writer.RemoveAsync("d3");
        }

        Assert.Equal(4, (await first.SearchAsync("pump")).Count);
    }

    [PostgresFact]
    public async Task Hosts_that_start_at_once_create_the_collection_together()
    {
        var servers = Enumerable.Range(0, 6).Select(_ => server.Passages()).ToList();
        await Task.WhenAll(servers.Select(host => new PostgresPassageDatabase(host, new PostgresPassageSchema(_tenant.Name, PassageTenant.Things), PassageTenant.Things).CreateAsync(CancellationToken.None))).WaitAsync(Limit);
        Assert.Equal("1", await _tenant.ValueAsync($"SELECT count(*) FROM {_tenant.Schema(PassageTenant.Things)}.writer"));
        foreach (var host in servers)
        {
            await host.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task The_collections_of_a_tenant_are_its_own()
    {
        var (tenant, longest) = (_tenant.Name.Value, new string('n', 64));
        string[] names = ["manuals", "faq", "a-b_c", longest, new string('n', 63)];
        var other = tenant + "_manuals";
        foreach (var name in names)
        {
            await _tenant.Host().Get(CollectionName.Parse(name)).PutAsync(StoredText.Of("a", $"The text of {name}."));
        }

        await _tenant.Host(other).Get(CollectionName.Parse("faq")).PutAsync(StoredText.Of("a", "The text of another."));
        await _tenant.Host(tenant + longest[..40]).Get(CollectionName.Parse(longest)).PutAsync(StoredText.Of("a", "The text of a third."));

        await using var collections = _tenant.Host();
        Assert.Equal(names.Order(StringComparer.Ordinal), (await collections.ListAsync()).Select(name => name.Value));
        Assert.Equal(["faq"], (await _tenant.Host(other).ListAsync()).Select(name => name.Value));
        Assert.Equal([longest], (await _tenant.Host(tenant + longest[..40]).ListAsync()).Select(name => name.Value));
        Assert.Equal("The text of faq.", Assert.Single(await collections.Get(CollectionName.Parse("faq")).SearchAsync("text")).Passage.Text);
        Assert.Equal($"The text of {longest}.", Assert.Single(await collections.Get(CollectionName.Parse(longest)).SearchAsync("text")).Passage.Text);

        foreach (var name in names)
        {
            await collections.RemoveAsync(CollectionName.Parse(name));
        }

        Assert.Empty(await collections.ListAsync());
        Assert.Single(await _tenant.Host(other).ListAsync());
        await _tenant.Host(other).RemoveAsync(CollectionName.Parse("faq"));
        await _tenant.Host(tenant + longest[..40]).RemoveAsync(CollectionName.Parse(longest));
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => collections.RemoveAsync(CollectionName.Parse("faq")));
        Assert.StartsWith("There is no collection 'faq' in database passages at ", exception.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_collection_that_was_removed_and_filled_anew_is_read_anew_by_every_host()
    {
        var (first, second) = (_tenant.Host(), _tenant.Host());
        await first.Get(PassageTenant.Things).PutAsync(StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The pump is blue."));
        using var model = new WordVectors();
        var embedder = new PassageEmbedder("words", model);
        await first.Get(PassageTenant.Things).EmbedAsync(embedder);
        var open = second.Get(PassageTenant.Things);
        Assert.Equal(["a", "b"], await open.SourcesAsync("pump"));
        Assert.Equal("b", (await open.SearchAsync("blue", embedder))[0].Passage.Source);
        await using (await open.OpenWriterAsync())
        {
            Assert.Contains("is being written by another", (await Assert.ThrowsAsync<RetrievalException>(() => first.RemoveAsync(PassageTenant.Things))).Message, StringComparison.Ordinal);
        }

        await first.RemoveAsync(PassageTenant.Things);
        Assert.StartsWith("There is no collection 'things'.", (await Assert.ThrowsAsync<RetrievalException>(() => open.SearchAsync("pump"))).Message, StringComparison.Ordinal);

        // As many transactions as before: its numbers are the same again.
        await first.Get(PassageTenant.Things).PutAsync(StoredText.Of("c", "The pump is green."), StoredText.Of("d", "The fan is grey."));
        Assert.Equal(["c"], await open.SourcesAsync("pump"));
        await first.Get(PassageTenant.Things).EmbedAsync(embedder);
        Assert.Equal("d", (await open.SearchAsync("fan", embedder))[0].Passage.Source);
    }

    [PostgresFact]
    public async Task Collections_over_one_pool_do_not_meet()
    {
        await using var host = _tenant.Host();
        var stores = new[] { "x1", "x2", "x3" }.Select(name => (Name: name, Store: host.Get(CollectionName.Parse(name)))).ToList();
        foreach (var (name, store) in stores)
        {
            await store.PutAsync(StoredText.Of(name, $"The pump of {name}."));
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            var (name, store) = stores[i % stores.Count];
            Assert.Equal([name], await store.SourcesAsync("pump"));
        }).WaitAsync(Limit);
        foreach (var (name, _) in stores)
        {
            await host.RemoveAsync(CollectionName.Parse(name));
        }
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
            var (host, reader) = (_tenant.Host().Get(PassageTenant.Things), _tenant.Host().Get(PassageTenant.Things));
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
                Assert.NotEmpty(await reader.SearchAsync($"pressure of pump p{i % Files}q{i % 40}"));
            }

            output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds / Searches:0.00} ms a search");
            Assert.Equal("f17.md", Path.GetFileName((await reader.SearchAsync("p17q23"))[0].Passage.Source));
            Assert.Contains("pump zero\uFFFDzero", Assert.Single(await reader.SearchAsync("unusual")).Passage.Text, StringComparison.Ordinal);
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
}
