using System.Text.Json;
using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary><c>agent eval retrieval</c> from folder to exit code.</summary>
[Collection("program")]
public sealed class EvalRetrievalCommandTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();

    public EvalRetrievalCommandTests()
    {
        _workspace.Write(
            "zoo/corpus.jsonl",
            """
            {"id": "cats", "title": "Cats", "text": "Cats sleep for most of the day."}
            {"id": "dogs", "text": "Dogs guard the houses of their owners."}
            {"_id": "panda", "text": "大熊猫住在四川的竹林里。"}
            """);
        _workspace.Write(
            "zoo/queries.jsonl",
            """
            {"id": "q1", "text": "sleeping cat"}
            {"id": "q2", "text": "熊猫住在哪里"}
            {"id": "q3", "text": "dogs"}
            {"id": "q4", "text": "whales"}
            """);
        _workspace.Write("zoo/qrels.tsv", "q1\tcats\t1\nq2\tpanda\t2\nq3\tcats\t1\n");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_search_is_measured()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("zoo", "--json", "--per-query", "queries.out"));

        var report = JsonDocument.Parse(_console.Output).RootElement;
        Assert.Equal(3, report.GetProperty("documents").GetInt32());
        Assert.Equal(3, report.GetProperty("queries").GetInt32());
        Assert.Equal(1, report.GetProperty("unjudged_queries").GetInt32());
        // Two queries find theirs at the top; the third was judged to want a document without its word.
        Assert.Equal(0.6667, report.GetProperty("ndcg_at_10").GetDouble(), 4);
        Assert.Equal(0.6667, report.GetProperty("mrr_at_10").GetDouble(), 4);
        var lines = File.ReadAllLines(Path.Combine(_workspace.Path, "queries.out"));
        Assert.Equal(["cats", "panda", "dogs"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("ranking")[0].GetString()));
    }

    [Fact]
    public async Task With_an_embedding_model_all_ways_to_search_stand_side_by_side()
    {
        _workspace.Variables["Agent__Embedding__Path"] = Agent.Testing.Repository.EmbeddedModel;
        _workspace.Variables["Agent__Embedding__Pooling"] = "Mean";

        Assert.Equal(ExitCodes.Success, await RunAsync("zoo", "--json"));

        var reports = _console.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["lexical", "dense", "fused"], reports.Select(report => report.GetProperty("search").GetString()));
        // Three documents only: each is among the ten that vectors find.
        Assert.Equal([1.0, 1.0], reports.Skip(1).Select(report => report.GetProperty("recall_at_10").GetDouble()));
    }

    [Fact]
    public async Task The_table_says_what_was_left_out()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("zoo"));

        Assert.Contains("0.667", _console.Output, StringComparison.Ordinal);
        Assert.Contains("Queries without a relevant document, left out: 1.", _console.Output + _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_collection_is_refused_by_name()
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync("nothing"));

        Assert.Contains("corpus.jsonl", _console.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--per-query: there is no folder", "nowhere/queries.out")]
    [InlineData("is a folder. Name a file.", "zoo")]
    public async Task A_file_for_the_queries_that_cannot_be_is_refused_before_any_work(string message, string file)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync("zoo", "--per-query", file));

        Assert.Equal("", _console.Output);
        Assert.Contains(message, _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_shown_even_where_the_file_for_the_queries_cannot_be_written()
    {
        // Whoever holds a file for itself keeps others from writing, root included.
        await using var held = new FileStream(Path.Combine(_workspace.Path, "queries.out"), FileMode.Create, FileAccess.Write, FileShare.None);

        Assert.Equal(ExitCodes.Usage, await RunAsync("zoo", "--per-query", "queries.out"));

        Assert.Contains("0.667", _console.Output, StringComparison.Ordinal);
        Assert.Contains($"error: --per-query '{held.Name}' cannot be written: ", _console.Errors, StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] options) => _workspace.RunAsync(_console, ["eval", "retrieval", .. options]);
}
