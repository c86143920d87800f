namespace Agent.Core.Tests.Retrieval.Ingest;

/// <summary>Files that cannot be read now may come back: only what is known to be gone leaves the collection.</summary>
public sealed class UnreadPathTests
{
    [Theory]
    [InlineData(true, "sub")]
    [InlineData(true, "sub/a.md")]
    [InlineData(false, "sub")]
    [InlineData(false, "sub/a.md")]
    public async Task A_named_path_that_cannot_be_reached_loses_nothing(bool isLoop, string named)
    {
        await using var folder = new IngestFolder();
        folder.Write("way/sub/a.md", "The pump is red.");
        var path = folder.PathOf(Path.Combine("way", named));
        Assert.Equal(1, (await folder.IngestAsync(path)).Added);

        // The user of the tests may read everything, so what no one can go through stands for what this one may not.
        Directory.Delete(folder.PathOf("way"), recursive: true);
        if (isLoop)
        {
            Directory.CreateSymbolicLink(folder.PathOf("way"), folder.PathOf("way"));
        }
        else
        {
            await File.WriteAllTextAsync(folder.PathOf("way"), "no folder");
        }

        var report = await folder.IngestAsync(path);

        Assert.Equal(0, report.Removed);
        Assert.Equal(["a.md"], await folder.NamesAsync("pump"));
        var problem = Assert.Single(report.Problems);
        Assert.Equal((path, "It cannot be told whether there is such a file or folder"), (problem.Path, problem.Problem));
    }

    [Fact]
    public async Task A_named_folder_whose_parent_is_gone_too_loses_nothing_until_the_parent_is_named()
    {
        await using var folder = new IngestFolder();
        folder.Write("way/sub/a.md", "The pump is red.");
        await folder.IngestAsync();
        Directory.Delete(folder.PathOf("way"), recursive: true);

        Assert.Equal(0, (await folder.IngestAsync(folder.PathOf("way/sub"))).Removed);
        Assert.Equal(1, (await folder.IngestAsync(folder.PathOf("way"))).Removed);
    }

    [Fact]
    public async Task A_file_that_became_empty_keeps_its_earlier_state_and_is_reported()
    {
        await using var folder = new IngestFolder();
        folder.Write("a.md", "The pump is red.");
        folder.Write("new.md", string.Empty);
        await folder.IngestAsync();
        folder.Write("a.md", string.Empty);

        var report = await folder.IngestAsync();

        Assert.Equal(0, report.Removed);
        Assert.Equal(["a.md"], await folder.NamesAsync("pump"));
        Assert.Equal(["The file is empty", "The file is empty"], report.Problems.Select(problem => problem.Problem));
        Assert.EndsWith(" Its earlier state stays in the collection.", report.Problems[0].Fix, StringComparison.Ordinal);
        Assert.EndsWith("saved.", report.Problems[1].Fix, StringComparison.Ordinal);
    }
}
