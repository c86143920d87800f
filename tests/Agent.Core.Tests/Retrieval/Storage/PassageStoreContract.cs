using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Text;
using Agent.Core.Tests.Retrieval.Index;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>What a store must do over every database.</summary>
public abstract class PassageStoreContract : PassageStoreSuite
{
    [StoreFact]
    public async Task What_was_stored_is_found_with_all_that_is_known_of_it()
    {
        var document = StoredText.Of("/docs/pump.md", "# Pumps\n\nThe red pump moves water.\n\n## Care\n\nGrease the shaft every month.", ["manual"], Of(("year", "2024")));
        await PutAsync(document);

        var hit = Assert.Single(await SearchAsync("grease the shaft"));

        var expected = document.Chunks.Single(chunk => chunk.Chunk.Text.Contains("Grease", StringComparison.Ordinal)).Chunk;
        Assert.Equal((expected.Id, expected.Ordinal, expected.Text, expected.Start, expected.End, expected.TokenCount), (hit.Passage.Id, hit.Passage.Ordinal, hit.Passage.Text, hit.Passage.Start, hit.Passage.End, hit.Passage.TokenCount));
        Assert.Equal(["Pumps", "Care"], hit.Passage.HeadingPath);
        Assert.Equal(("/docs/pump.md", "Pumps"), (hit.Passage.Source, hit.Passage.Title));
        Assert.Equal(["manual"], hit.Passage.Tags);
        Assert.Equal("2024", hit.Passage.Metadata["year"]);
        Assert.True(hit.Score > 0);
    }

    [StoreFact]
    public async Task Chinese_is_found_in_both_scripts()
    {
        await PutAsync(StoredText.Of("a", "水泵每月需要加油一次。"), StoredText.Of("b", "电梯每年检查。"));

        Assert.Equal("a", Assert.Single(await SearchAsync("加油")).Passage.Source);
        Assert.Equal("b", Assert.Single(await SearchAsync("電梯")).Passage.Source);
    }

    [StoreFact]
    public async Task A_document_of_the_same_source_takes_the_place_of_the_first()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."));
        await PutAsync(StoredText.Of("a", "The pump is blue."));

        Assert.Empty(await SearchAsync("red"));
        Assert.Equal("The pump is blue.", Assert.Single(await SearchAsync("pump")).Passage.Text);
        Assert.Equal(1, (await CountAsync()).Documents);
    }

    [StoreFact]
    public async Task A_removed_document_is_not_found_and_can_come_back()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The pump is blue."));
        await using (var writer = await Store.OpenWriterAsync())
        {
            Assert.True(await writer.RemoveAsync("a"));
            Assert.False(await writer.RemoveAsync("a"));
        }

        Assert.Equal("b", Assert.Single(await SearchAsync("pump")).Passage.Source);
        await PutAsync(StoredText.Of("a", "The pump is red."));
        Assert.Equal(2, (await SearchAsync("pump")).Count);
    }

    [StoreFact]
    public async Task Tags_and_metadata_narrow_a_search_without_changing_its_scores()
    {
        await PutAsync(
            StoredText.Of("a", "The pump is red.", ["manual", "pumps"], Of(("year", "2023"))),
            StoredText.Of("b", "The pump is blue.", ["manual"], Of(("year", "2024"), ("author", "Kim"))),
            StoredText.Of("c", "The pump is green."));

        var all = (await SearchAsync("pump")).ToDictionary(hit => hit.Passage.Source, hit => hit.Score);
        Assert.Equal(["a", "b"], await SourcesAsync(new PassageFilter { Tags = ["manual"] }));
        Assert.Equal(["a"], await SourcesAsync(new PassageFilter { Tags = ["manual", "pumps"] }));
        Assert.Equal(["b"], await SourcesAsync(new PassageFilter { Metadata = Of(("year", "2024")) }));
        Assert.Equal([], await SourcesAsync(new PassageFilter { Tags = ["pumps"], Metadata = Of(("year", "2024")) }));
        Assert.Equal([], await SourcesAsync(new PassageFilter { Tags = ["' OR 1=1 --"] }));

        async Task<IReadOnlyList<string>> SourcesAsync(PassageFilter filter)
        {
            var hits = await SearchAsync("pump", filter: filter);
            Assert.All(hits, hit => Assert.Equal(all[hit.Passage.Source], hit.Score));
            return [.. hits.Select(hit => hit.Passage.Source).Order(StringComparer.Ordinal)];
        }
    }

    [StoreFact]
    public async Task A_filter_follows_what_is_stored_later()
    {
        var filter = new PassageFilter { Tags = ["new"] };
        await PutAsync(StoredText.Of("a", "The pump is red.", ["new"]));
        Assert.Single(await SearchAsync("pump", filter: filter));

        await PutAsync(StoredText.Of("b", "The pump is blue.", ["new"]), StoredText.Of("a", "The pump is red.", ["old"]));

        Assert.Equal("b", Assert.Single(await SearchAsync("pump", filter: filter)).Passage.Source);
    }

    [StoreFact]
    public async Task A_view_stays_as_it_was_while_others_write()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."));
        await using var view = await Store.OpenViewAsync();
        await using (var writer = await Store.OpenWriterAsync())
        {
            await writer.RemoveAsync("a");
            await writer.PutAsync(StoredText.Of("b", "The pump is blue."));
        }

        var hits = await view.SearchAsync(["pump"], 10, PassageFilter.None);
        var passages = await view.ReadAsync([.. hits.Select(hit => hit.Document)]);

        Assert.Equal("a", Assert.Single(passages).Value.Source);
        Assert.Equal("b", Assert.Single(await SearchAsync("pump")).Passage.Source);
    }

    [StoreFact]
    public async Task There_is_one_writer_at_a_time()
    {
        await using (await Store.OpenWriterAsync())
        {
            await using var other = OpenStore();
            var exception = await Assert.ThrowsAsync<RetrievalException>(() => other.OpenWriterAsync());
            Assert.Contains("is being written by another", exception.Message, StringComparison.Ordinal);
        }

        await using var next = await Store.OpenWriterAsync();
        Assert.Empty(await next.ReadStampsAsync());
    }

    [StoreFact]
    public async Task A_document_that_was_cancelled_leaves_what_was_there()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."));
        await using (var writer = await Store.OpenWriterAsync())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.PutAsync(StoredText.Of("a", "The pump is blue."), new CancellationToken(canceled: true)));
            await writer.PutAsync(StoredText.Of("b", "The fan is grey."));
        }

        Assert.Equal("The pump is red.", Assert.Single(await SearchAsync("pump")).Passage.Text);
        Assert.Single(await SearchAsync("fan"));
    }

    [StoreFact]
    public async Task A_document_that_the_index_refuses_leaves_what_was_there()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."));
        var good = StoredText.Of("a", "The pump is blue.");
        var bad = good with { Chunks = [good.Chunks[0] with { Terms = [new TermCount(string.Empty, 1)] }] };
        await using (var writer = await Store.OpenWriterAsync())
        {
            await Assert.ThrowsAsync<ArgumentException>(() => writer.PutAsync(bad));
        }

        Assert.Equal("The pump is red.", Assert.Single(await SearchAsync("pump")).Passage.Text);
    }

    [StoreFact]
    public async Task Stamps_tell_what_is_stored_and_can_be_renewed()
    {
        var document = StoredText.Of("a", "The pump is red.");
        await PutAsync(document);
        await using var writer = await Store.OpenWriterAsync();
        Assert.Equal(document.Stamp, Assert.Single(await writer.ReadStampsAsync()).Value);

        var touched = document.Stamp with { Modified = DateTimeOffset.UnixEpoch.AddDays(3) };
        await writer.TouchAsync("a", touched);

        Assert.Equal(touched, (await writer.ReadStampsAsync())["a"]);
    }

    [StoreFact]
    public async Task A_collection_that_is_missing_is_named()
    {
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => SearchAsync("pump"));

        Assert.Equal($"There is no collection '{Store.Name}'. Fill one with: agent ingest PATH --collection {Store.Name}", exception.Message);
    }

    [StoreFact]
    public async Task An_index_of_another_analysis_is_refused_to_readers_and_built_anew_by_a_writer()
    {
        await using (var writer = await Store.OpenWriterAsync())
        {
            for (var i = 0; i < 40; i++)
            {
                await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
            }

            await writer.RemoveAsync("d7");
            await writer.CompleteAsync();
        }

        await ChangeAsync("UPDATE collection SET analyzer = 'other', version = version + 1");
        await using var later = OpenStore();
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => later.OpenViewAsync());
        Assert.Contains("another version of the text analysis", exception.Message, StringComparison.Ordinal);

        await using (await later.OpenWriterAsync())
        {
        }

        Assert.Equal(39, (await SearchAsync("pump", 100)).Count);
        Assert.Equal(39, (await new PassageSearch(later).SearchAsync(new PassageQuery { Text = "pump", Top = 100 })).Count);
    }

    [StoreFact]
    public async Task A_damaged_index_is_reported()
    {
        await using (var writer = await Store.OpenWriterAsync())
        {
            for (var i = 0; i < 40; i++)
            {
                await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
            }

            await writer.CompleteAsync();
        }

        await ChangeAsync("DELETE FROM segment_pages");
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => SearchAsync("pump"));

        Assert.Contains("is damaged", exception.Message, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task A_database_that_was_set_back_is_read_anew()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The pump is blue."));
        Assert.Equal(2, (await SearchAsync("pump")).Count);

        // As a restored backup has it: an earlier version, and not what came later.
        await ChangeAsync("DELETE FROM chunks WHERE document = (SELECT id FROM documents WHERE source = 'b'); DELETE FROM documents WHERE source = 'b'; UPDATE collection SET version = version - 1");

        Assert.Equal("a", Assert.Single(await SearchAsync("pump").WaitAsync(TimeSpan.FromSeconds(30))).Passage.Source);
    }

    [StoreFact]
    public async Task Texts_that_are_no_Unicode_are_stored_with_replacements_and_found()
    {
        var document = StoredText.Of("a", "# Pumps\n\nThe pump is red.");
        var chunk = document.Chunks[0];
        await PutAsync(document with
        {
            Source = "a\0\uD800",
            Title = "\uDC00title",
            Tags = ["tag\0"],
            Metadata = Of(("ke\uDFFFy", "val\0ue")),
            Chunks = [chunk with { Chunk = chunk.Chunk with { Text = "The pump\0 is \uD83D\uDE00 red\uD83D.", HeadingPath = ["Pu\0mps"] } }],
        });

        var passage = Assert.Single(await SearchAsync("pump", filter: new PassageFilter { Tags = ["tag\0"], Metadata = Of(("ke\uDFFFy", "val\0ue")) })).Passage;
        Assert.Equal(("a\uFFFD\uFFFD", "\uFFFDtitle", "The pump\uFFFD is \uD83D\uDE00 red\uFFFD."), (passage.Source, passage.Title, passage.Text));
        Assert.Equal(["tag\uFFFD"], passage.Tags);
        Assert.Equal("val\uFFFDue", passage.Metadata["ke\uFFFDy"]);
        Assert.Equal(["Pu\uFFFDmps"], passage.HeadingPath);
        await using var writer = await Store.OpenWriterAsync();
        await writer.TouchAsync("a\0\uD800", document.Stamp with { Size = 7 });
        Assert.Equal(7, Assert.Single(await writer.ReadStampsAsync()).Value.Size);
        Assert.True(await writer.RemoveAsync("a\0\uD800"));
    }

    [StoreFact]
    public async Task A_document_may_have_more_labels_than_go_into_one_statement()
    {
        string[] tags = [.. Enumerable.Range(0, 300).Select(i => $"tag{i}")];
        await PutAsync(StoredText.Of("a", "The pump is red.", tags, tags.ToDictionary(tag => tag, tag => tag + "!", StringComparer.Ordinal)));

        var hit = Assert.Single(await SearchAsync("pump", filter: new PassageFilter { Tags = ["tag0", "tag299"], Metadata = Of(("tag63", "tag63!"), ("tag64", "tag64!")) }));
        Assert.Equal((300, 300), (hit.Passage.Tags.Count, hit.Passage.Metadata.Count));
    }

    [StoreFact]
    public async Task A_source_may_be_as_long_as_a_path()
    {
        // Random, so that no compression makes it short.
        var source = Convert.ToHexString(System.Security.Cryptography.SHA512.HashData([1])) + string.Concat(Enumerable.Range(0, 2000).Select(i => (char)(0x4E00 + (i * 7919 % 20_000))));
        await PutAsync(StoredText.Of(source, "The pump is red."));
        await PutAsync(StoredText.Of(source, "The pump is blue."));

        Assert.Equal(source, Assert.Single(await SearchAsync("pump")).Passage.Source);
    }

    [StoreTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_done_the_hits_are_those_of_scoring_everything(int seed)
    {
        var random = new Random(seed);
        var documents = new Dictionary<string, IndexedDocument>(StringComparer.Ordinal);
        await using var reader = OpenStore();
        var watching = OpenStore();
        var newest = "d0";
        var writer = await Store.OpenWriterAsync();
        for (var step = 0; step < 300; step++)
        {
            var source = $"d{random.Next(60)}";
            switch (random.Next(12))
            {
                case < 7:
                    var document = StoredText.Of(source, RandomText(random));
                    await writer.PutAsync(document);
                    documents[source] = document;
                    newest = source;
                    break;
                case < 9:
                    source = random.Next(2) == 0 ? newest : source;
                    Assert.Equal(documents.Remove(source), await writer.RemoveAsync(source));
                    break;
                case 9:
                    await writer.CompleteAsync();
                    break;
                case 10:
                    await writer.DisposeAsync();
                    writer = await Store.OpenWriterAsync();
                    break;
                default:
                    await CompareAsync(reader, documents, random);
                    break;
            }

            // One that sees every state; now and then it begins anew, with all in one that lies in no segment yet.
            if (random.Next(5) == 0)
            {
                await watching.DisposeAsync();
                watching = OpenStore();
            }

            await CompareAsync(watching, documents, random, queries: 1);
        }

        await watching.DisposeAsync();
        await writer.DisposeAsync();
        await CompareAsync(reader, documents, random);
        await using var fresh = OpenStore();
        await CompareAsync(fresh, documents, random);
    }

    private static async Task CompareAsync(PassageStore store, Dictionary<string, IndexedDocument> documents, Random random, int queries = 4)
    {
        var exhaustive = new ExhaustiveIndex();
        var chunks = documents.SelectMany(pair => pair.Value.Chunks.Select(chunk => (pair.Key, chunk))).ToList();
        for (var i = 0; i < chunks.Count; i++)
        {
            exhaustive.Documents.Add(i, (chunks[i].chunk.Terms.ToDictionary(term => term.Term, term => term.Count, StringComparer.Ordinal), chunks[i].chunk.Length));
        }

        await using var view = await store.OpenViewAsync();
        Assert.Equal(chunks.Count, (await view.CountAsync()).Passages);
        for (var query = 0; query < queries; query++)
        {
            var terms = QueryTerms.Of(BilingualAnalyzer.Queries, RandomText(random)).Take(1 + random.Next(6)).ToList();
            var found = await view.SearchAsync(terms, 10, PassageFilter.None);
            var passages = await view.ReadAsync([.. found.Select(hit => hit.Document)]);

            // Equal scores come in an order that depends on the history of the store: compared are scores, and that each belongs to its text.
            var expected = exhaustive.Search(terms, int.MaxValue, new Bm25Options(), null);
            Assert.Equal(expected.Take(10).Select(hit => hit.Score), found.Select(hit => hit.Score));
            Assert.All(found, hit => Assert.Contains(
                expected, other => other.Score == hit.Score && chunks[other.Document].Key == passages[hit.Document].Source && chunks[other.Document].chunk.Chunk.Id == passages[hit.Document].Id));
        }
    }

    private static Dictionary<string, string> Of(params (string Key, string Value)[] pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
