using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Search;

namespace Agent.Core.Tests.Retrieval.Ingest;

/// <summary>An embedding model that fails costs nothing but vectors.</summary>
public sealed class IngestEmbeddingTests
{
    private const int Bound = 60_000;

    [Theory]
    [InlineData(FailingVectors.Refused, "The text is too long")]
    [InlineData(FailingVectors.Zero, "Every component of the vector is 0")]
    public async Task A_text_that_the_model_refuses_costs_no_other_its_vector(string word, string reason)
    {
        await using var folder = new IngestFolder();
        using var model = new FailingVectors();
        var options = new IngestOptions { Embedder = new PassageEmbedder("words", model) };
        for (var i = 0; i < 100; i++)
        {
            folder.Write($"d{i:000}.md", i % 40 == 7 ? $"The pump number {i} is {word}." : $"The pump number {i} is red.");
        }

        var report = await folder.IngestAsync(options);

        Assert.Equal((100, 97L), (report.Added, report.Embedded));
        Assert.Equal(["d007.md", "d047.md", "d087.md"], report.Problems.Select(problem => Path.GetFileName(problem.Path)));
        Assert.All(report.Problems, problem => Assert.Contains(reason, problem.Problem, StringComparison.Ordinal));
        Assert.All(report.Problems, problem => Assert.Contains("found by its words", problem.Fix, StringComparison.Ordinal));
        folder.Write("d007.md", "The pump number 7 is red.");
        report = await folder.IngestAsync(options);
        Assert.Equal((1L, 2), (report.Embedded, report.Problems.Count));
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_asked_a_few_times_only_and_the_next_run_goes_on()
    {
        await using var folder = new IngestFolder();
        using var model = new FailingVectors { IsDown = true };
        var options = new IngestOptions { Embedder = new PassageEmbedder("words", model) };
        for (var i = 0; i < 200; i++)
        {
            folder.Write($"d{i:000}.md", $"The pump number {i} is red.");
        }

        var report = await folder.IngestAsync(options);

        Assert.Equal((200, 0L), (report.Added, report.Embedded));
        var problem = Assert.Single(report.Problems);
        Assert.Equal("The passages from here on have no vectors: The embedding model 'words' failed: Connection refused", problem.Problem);
        Assert.Equal("Check that the model can be reached, then ingest again; until then they are found by their words only.", problem.Fix);
        Assert.InRange(model.Calls, 1, 3);
        model.IsDown = false;
        report = await folder.IngestAsync(options);
        Assert.Equal((200L, 0), (report.Embedded, report.Problems.Count));
    }

    [Fact(Timeout = Bound)]
    public async Task A_watch_goes_on_where_the_model_fails()
    {
        await using var folder = new IngestFolder();
        using var model = new FailingVectors { IsDown = true };
        folder.Write("a.md", "The pump is red.");
        await using var writer = await folder.Store.OpenWriterAsync();
        var ingestion = new Ingestion(writer, new IngestOptions { Embedder = new PassageEmbedder("words", model) });
        await using var reports = new IngestWatch(ingestion).RunAsync([folder.Docs]).GetAsyncEnumerator();

        Assert.True(await reports.MoveNextAsync());
        Assert.Equal((1, 1), (reports.Current.Added, reports.Current.Problems.Count));
        model.IsDown = false;
        folder.Write("b.md", "The fan is grey.");

        Assert.True(await reports.MoveNextAsync());
        Assert.Equal((1, 2L, 0), (reports.Current.Added, reports.Current.Embedded, reports.Current.Problems.Count));
    }
}
