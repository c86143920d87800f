using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Tests.Retrieval.Storage;

public sealed class SqlitePassageStoreTests : PassageStoreContract
{
    private protected override IPassageHome Home { get; } = new SqlitePassageHome();

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
}
