using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Tests.Retrieval.Storage;

public sealed class SqlitePassageStoreTests : PassageStoreContract
{
    private protected override IPassageHome Home { get; } = new SqlitePassageHome();

    private static CollectionName Things { get; } = CollectionName.Parse("things");

    private SqlitePassageHome InFile => (SqlitePassageHome)Home;

    [Fact]
    public async Task A_file_that_is_no_collection_is_reported()
    {
        await File.WriteAllTextAsync(InFile.FilePath, new string('x', 10_000));

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => Store.OpenViewAsync());

        Assert.StartsWith($"Collection 'things' ({InFile.FilePath}): the file is damaged or no collection. ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_of_a_newer_format_is_refused()
    {
        await using (await Store.OpenWriterAsync())
        {
        }

        await using var database = Home.OpenDatabase();
        await using (var connection = await database.OpenAsync(CancellationToken.None))
        {
            await connection.ExecuteAsync("UPDATE collection SET format = 9", CancellationToken.None);
        }

        Assert.Contains("has format 9", (await Assert.ThrowsAsync<RetrievalException>(() => Store.OpenViewAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("has format 9", (await Assert.ThrowsAsync<RetrievalException>(() => Store.OpenWriterAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collections_are_files_of_their_folder()
    {
        await using var collections = new PassageCollections(Path.Combine(InFile.Folder, "tenant"));
        Assert.Empty(collections.List());
        foreach (var name in new[] { "manuals", "faq" })
        {
            await using var writer = await collections.Get(CollectionName.Parse(name)).OpenWriterAsync();
            await writer.PutAsync(StoredText.Of("a", $"The text of {name}."));
        }

        Assert.Equal(["faq", "manuals"], collections.List().Select(name => name.Value));
        var hit = Assert.Single(await new PassageSearch(collections.Get(CollectionName.Parse("faq"))).SearchAsync(new PassageQuery { Text = "text" }));
        Assert.Equal("The text of faq.", hit.Passage.Text);
    }

    [Fact]
    public async Task A_removal_that_is_refused_changes_nothing()
    {
        await using var collections = new PassageCollections(InFile.Folder);
        var store = collections.Get(Things);
        await using (var writer = await store.OpenWriterAsync())
        {
            await writer.PutAsync(StoredText.Of("a", "The pump is red."));
            Assert.Contains("is being written by another", (await Assert.ThrowsAsync<RetrievalException>(() => collections.RemoveAsync(Things))).Message, StringComparison.Ordinal);

            await writer.PutAsync(StoredText.Of("b", "The pump is blue."));
            Assert.Equal(2, (await PumpsAsync(store)).Count);
        }

        Assert.Same(store, collections.Get(Things));
    }

    [Fact]
    public async Task A_collection_that_another_process_removed_and_filled_anew_is_read_anew()
    {
        // Connections are pooled by the path: by another path this process is like another one.
        var link = InFile.Folder + "-link";
        Directory.CreateSymbolicLink(link, InFile.Folder);
        try
        {
            await using var collections = new PassageCollections(InFile.Folder);
            await using var elsewhere = new PassageCollections(link);
            var reader = elsewhere.Get(Things);
            foreach (var text in new[] { "The pump is red.", "The pump is blue.", "The pump is green." })
            {
                await using (var writer = await collections.Get(Things).OpenWriterAsync())
                {
                    await writer.PutAsync(StoredText.Of("a", text));
                }

                Assert.Equal(text, Assert.Single(await PumpsAsync(reader)).Passage.Text);
                await collections.RemoveAsync(Things);
                Assert.StartsWith("There is no collection 'things'.", (await Assert.ThrowsAsync<RetrievalException>(() => PumpsAsync(reader))).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(link);
        }
    }

    [Fact]
    public async Task The_lock_of_a_removed_collection_stays_for_whoever_holds_it()
    {
        await using var collections = new PassageCollections(InFile.Folder);
        await using (await collections.Get(Things).OpenWriterAsync())
        {
        }

        await collections.RemoveAsync(Things);

        // Somebody may have opened the file already and lock it next: one of the same name would be another lock.
        Assert.Equal(["things.db.lock"], Directory.EnumerateFiles(InFile.Folder).Select(Path.GetFileName));
        Assert.Empty(collections.List());
    }

    [Fact]
    public async Task Only_a_lock_that_is_held_is_told_as_another_process()
    {
        File.CreateSymbolicLink(InFile.FilePath + ".lock", InFile.FilePath + ".lock");

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => Store.OpenWriterAsync());

        Assert.StartsWith($"Collection 'things' ({InFile.FilePath}): ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another process", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../other")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("a\n")]
    [InlineData("con:")]
    public void A_name_that_could_lead_elsewhere_is_none(string name) => Assert.False(CollectionName.TryParse(name, out _));

    private static Task<IReadOnlyList<PassageHit>> PumpsAsync(PassageStore store) => new PassageSearch(store).SearchAsync(new PassageQuery { Text = "pump" });
}
