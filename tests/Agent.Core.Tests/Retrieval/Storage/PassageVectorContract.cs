using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>What a store must do with vectors over every database.</summary>
public abstract class PassageVectorContract : PassageStoreSuite
{
    [StoreFact]
    public async Task Passages_are_found_by_their_vectors_and_by_both()
    {
        using var model = new WordVectors();
        var embedder = new PassageEmbedder("words", model);
        await PutAsync(StoredText.Of("a", "The pump is red.", ["x"]), StoredText.Of("b", "The fan is grey."), StoredText.Of("c", "The motor is old and loud."));
        var search = new PassageSearch(Store, null, embedder);
        var missing = await Assert.ThrowsAsync<RetrievalException>(() => search.SearchAsync(new PassageQuery { Text = "pump", Mode = SearchMode.Dense }));
        Assert.Contains("has no vectors", missing.Message, StringComparison.Ordinal);
        Assert.Equal(3, await EmbedAsync(embedder));

        var dense = await search.SearchAsync(new PassageQuery { Text = "red pumps", Mode = SearchMode.Dense });
        Assert.Equal(3, dense.Count);
        Assert.Equal("a", dense[0].Passage.Source);
        Assert.InRange(dense[0].Score, 0.5, 1.0);
        var fused = await search.SearchAsync(new PassageQuery { Text = "red pumps", Mode = SearchMode.Fused, Top = 2 });
        Assert.Equal("a", fused[0].Passage.Source);
        Assert.Equal(2.0 / 61, fused[0].Score, 12);
        Assert.Equal("a", Assert.Single(await search.SearchAsync(new PassageQuery { Text = "fan", Mode = SearchMode.Dense, Filter = new PassageFilter { Tags = ["x"] } })).Passage.Source);
        Assert.Single(await search.SearchAsync(new PassageQuery { Text = "red pumps" }));

        var other = new PassageSearch(Store, null, new PassageEmbedder("others", model));
        Assert.Contains("are of 'words'", (await Assert.ThrowsAsync<RetrievalException>(() => other.SearchAsync(new PassageQuery { Text = "pump", Mode = SearchMode.Fused }))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => new PassageSearch(Store).SearchAsync(new PassageQuery { Text = "pump", Mode = SearchMode.Dense }));
    }

    [StoreFact]
    public async Task A_changed_document_embeds_only_what_is_new_in_it_and_another_model_everything()
    {
        using var model = new WordVectors();
        await PutAsync(StoredText.Of("a", "## One\n\nThe pump is red.\n\n## Two\n\nThe fan is grey."), StoredText.Of("b", "The motor is old."));
        Assert.Equal(3, await EmbedAsync(new PassageEmbedder("words", model)));
        var search = new PassageSearch(Store, new PassageSearchOptions { Mode = SearchMode.Dense }, new PassageEmbedder("words", model));
        Assert.Equal(3, (await search.SearchAsync(new PassageQuery { Text = "pump" })).Count);

        await PutAsync(StoredText.Of("a", "## One\n\nThe pump is red.\n\n## Two\n\nThe fan is blue."));
        Assert.Equal(1, await EmbedAsync(new PassageEmbedder("words", model)));
        var hits = await search.SearchAsync(new PassageQuery { Text = "blue fan" });
        Assert.Equal(3, hits.Count);
        Assert.Contains("blue", hits[0].Passage.Text, StringComparison.Ordinal);

        await using (var writer = await Store.OpenWriterAsync())
        {
            await writer.RemoveAsync("a");
        }

        Assert.Equal("b", Assert.Single(await search.SearchAsync(new PassageQuery { Text = "blue fan" })).Passage.Source);
        using var larger = new WordVectors(128);
        Assert.Equal(1, await EmbedAsync(new PassageEmbedder("larger", larger)));
        Assert.Single(await new PassageSearch(Store, new PassageSearchOptions { Mode = SearchMode.Dense }, new PassageEmbedder("larger", larger)).SearchAsync(new PassageQuery { Text = "motor" }));
    }

    [StoreTheory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_is_done_the_vectors_are_those_of_the_living_chunks(int seed)
    {
        var random = new Random(seed);
        using var model = new WordVectors();
        var embedder = new PassageEmbedder("words", model);
        var documents = new Dictionary<string, IndexedDocument>(StringComparer.Ordinal);
        await using var reader = OpenStore();
        for (var round = 0; round < 25; round++)
        {
            await using (var writer = await Store.OpenWriterAsync())
            {
                for (var i = 0; i < 6; i++)
                {
                    var source = $"d{random.Next(20)}";
                    if (random.Next(3) == 0)
                    {
                        documents.Remove(source);
                        await writer.RemoveAsync(source);
                        continue;
                    }

                    await writer.PutAsync(documents[source] = StoredText.Of(source, RandomText(random)));
                }

                await writer.CompleteAsync();
            }

            await EmbedAsync(embedder);
            var query = RandomText(random);
            await using var view = await reader.OpenViewAsync();
            var hits = await view.SearchAsync(model.VectorOf(query), 10, PassageFilter.None);
            var cosines = documents.Values.SelectMany(document => document.Chunks).Select(chunk => Cosine(model.VectorOf(query), model.VectorOf(chunk.Chunk.IndexText))).OrderDescending().Take(10).ToList();
            Assert.Equal(cosines.Count, hits.Count);
            Assert.All(hits.Zip(cosines), pair => Assert.Equal(pair.Second, pair.First.Score, 5));
            Assert.Equal(hits.Count, (await view.ReadAsync([.. hits.Select(hit => hit.Document)])).Count);
        }

        static double Cosine(float[] a, float[] b) => a.Zip(b).Sum(pair => (double)pair.First * pair.Second) / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
    }

    [StoreTheory]
    [InlineData(64)]
    [InlineData(128)]
    public async Task A_model_that_comes_back_after_another_is_searched_as_if_it_had_never_gone(int dimensions)
    {
        using var model = new WordVectors();
        using var again = new WordVectors(dimensions);
        await PutAsync(StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The fan is grey."), StoredText.Of("c", "The motor is old."));
        await EmbedAsync(new PassageEmbedder("first", model));
        Assert.Equal("a", (await DenseAsync("pump", new PassageEmbedder("first", model)))[0].Passage.Source);

        await EmbedAsync(new PassageEmbedder("second", model));
        await EmbedAsync(new PassageEmbedder("first", again));
        await PutAsync(StoredText.Of("d", "The valve is blue."));
        await EmbedAsync(new PassageEmbedder("first", again));

        var hits = await DenseAsync("motor", new PassageEmbedder("first", again));
        Assert.Equal(4, hits.Count);
        Assert.Equal("c", hits[0].Passage.Source);
    }

    [StoreFact]
    public async Task Vectors_of_another_size_are_refused_before_they_spoil_the_collection()
    {
        using var model = new WordVectors();
        using var larger = new WordVectors(128);
        var (embedder, changed) = (new PassageEmbedder("words", model), new PassageEmbedder("words", larger));
        await PutAsync(StoredText.Of("a", "The pump is red."));
        await EmbedAsync(embedder);
        await PutAsync(StoredText.Of("b", "The fan is grey."));

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => EmbedAsync(changed));
        Assert.StartsWith($"The model 'words' gave vectors of 128 components, and those of collection '{Store.Name}' have 64. ", exception.Message, StringComparison.Ordinal);
        var searching = await Assert.ThrowsAsync<RetrievalException>(() => DenseAsync("pump", changed));
        Assert.Contains("128 components", searching.Message, StringComparison.Ordinal);

        Assert.Equal(1, await EmbedAsync(embedder));
        Assert.Equal("b", (await DenseAsync("fan", embedder))[0].Passage.Source);
    }

    [StoreFact]
    public async Task Vectors_of_two_sizes_are_not_stored_together()
    {
        using var model = new WordVectors();
        using var larger = new WordVectors(128);
        await PutAsync(StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The fan is grey."));
        await using var writer = await Store.OpenWriterAsync();
        var chunks = await writer.ReadUnembeddedAsync("words", 0, 10);
        var mixed = (await new PassageEmbedder("words", model).EmbedAsync([chunks[0]], CancellationToken.None)).Concat(await new PassageEmbedder("words", larger).EmbedAsync([chunks[1]], CancellationToken.None));

        await Assert.ThrowsAsync<RetrievalException>(() => writer.PutVectorsAsync([.. mixed]));

        Assert.Equal(2, (await writer.ReadUnembeddedAsync("words", 0, 10)).Count);
    }

    [StoreFact]
    public async Task Vectors_of_many_chunks_that_are_gone_leave_those_that_live()
    {
        using var model = new WordVectors();
        var embedder = new PassageEmbedder("words", model);
        await PutAsync(StoredText.Of("a", string.Join("\n\n", Enumerable.Range(0, 1100).Select(i => $"## Part {i}\n\nThe pump number{i} is red."))), StoredText.Of("b", "The motor is old."));
        Assert.Equal(1101, await EmbedAsync(embedder, 500));
        Assert.Equal(5, (await DenseAsync("pump", embedder)).Count);
        await using (var writer = await Store.OpenWriterAsync())
        {
            await writer.RemoveAsync("a");
        }

        await PutAsync(StoredText.Of("c", "The fan is grey."));
        await EmbedAsync(embedder);

        Assert.Equal(["b", "c"], (await DenseAsync("motor", embedder)).Select(hit => hit.Passage.Source));
        Assert.Equal(["c", "b"], (await DenseAsync("fan", embedder)).Select(hit => hit.Passage.Source));
    }

    private Task<IReadOnlyList<PassageHit>> DenseAsync(string text, PassageEmbedder embedder) =>
        new PassageSearch(Store, null, embedder).SearchAsync(new PassageQuery { Text = text, Mode = SearchMode.Dense });

    /// <summary>Embeds what has no vector; returns how many chunks that were.</summary>
    private async Task<int> EmbedAsync(PassageEmbedder embedder, int atOnce = 2)
    {
        await using var writer = await Store.OpenWriterAsync();
        var (after, count) = (0, 0);
        while (await writer.ReadUnembeddedAsync(embedder.Name, after, atOnce) is { Count: > 0 } chunks)
        {
            await writer.PutVectorsAsync(await embedder.EmbedAsync(chunks, CancellationToken.None));
            after = chunks[^1].Chunk;
            count += chunks.Count;
        }

        return count;
    }
}
