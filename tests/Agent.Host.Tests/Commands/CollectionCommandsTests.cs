using System.Text.Json;
using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary><c>agent ingest</c>, <c>agent search</c> and <c>agent collections</c> from files to exit codes.</summary>
[Collection("program")]
public sealed class CollectionCommandsTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public CollectionCommandsTests()
    {
        _workspace.Write("docs/pump.md", "# Pumps\n\n## Care\n\nGrease the shaft of the red pump every month.");
        _workspace.Write("docs/水泵.txt", "红色水泵每月加一次油。");
        _workspace.Write("docs/notes.xyz", "nothing");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Documents_are_taken_in_and_found()
    {
        var (code, output, errors) = await RunAsync("ingest", "docs");
        Assert.Equal(ExitCodes.Success, code);
        Assert.StartsWith("default: 2 added, 0 updated, 0 removed, 0 unchanged; 2 passages in ", output, StringComparison.Ordinal);
        Assert.Contains("Not documents: 1 files (.xyz 1).", errors, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("search", "greasing shafts", "--top", "1");
        Assert.Equal(ExitCodes.Success, code);
        Assert.StartsWith($"[1] Pumps > Care  ({Path.Combine("docs", "pump.md")}, ", output, StringComparison.Ordinal);
        Assert.Contains("Grease the shaft of the red pump every month.", output, StringComparison.Ordinal);

        (_, output, _) = await RunAsync("search", "加油", "--json");
        var passage = Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("passages").EnumerateArray());
        Assert.Equal("红色水泵每月加一次油。", passage.GetProperty("text").GetString());
        Assert.Equal((0, 11), (passage.GetProperty("start").GetInt32(), passage.GetProperty("end").GetInt32()));
        Assert.EndsWith("水泵.txt", passage.GetProperty("source").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_files_are_listed_with_the_fix_and_make_the_exit_code()
    {
        _workspace.Write("docs/paper.pdf", "%PDF-1.4");

        var (code, output, errors) = await RunAsync("ingest", "docs", "gone.md");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("default: 2 added", output, StringComparison.Ordinal);
        Assert.Contains("✗ gone.md: There is no such file or folder. Check the path.", errors, StringComparison.Ordinal);
        Assert.Contains($"✗ {Path.Combine("docs", "paper.pdf")}: ", errors, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("ingest", "docs", "--json");
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal((0, 2, 1), (report.GetProperty("added").GetInt32(), report.GetProperty("unchanged").GetInt32(), report.GetProperty("problems").GetArrayLength()));
        Assert.Equal(1, report.GetProperty("ignored").GetProperty(".xyz").GetInt32());
    }

    [Fact]
    public async Task Tags_and_metadata_narrow_searches()
    {
        await RunAsync("ingest", "docs/pump.md", "--tag", "manual", "--meta", "year=2026");
        await RunAsync("ingest", "docs/水泵.txt");

        Assert.Contains("[1]", (await RunAsync("search", "pump", "--tag", "manual", "--meta", "year=2026")).Output, StringComparison.Ordinal);
        var (code, output, errors) = await RunAsync("search", "pump", "--tag", "other");
        Assert.Equal((ExitCodes.Success, ""), (code, output));
        Assert.Equal("Nothing in collection 'default' fits.\n", errors);
        Assert.Empty(JsonDocument.Parse((await RunAsync("search", "pump", "--meta", "year=2025", "--json")).Output).RootElement.GetProperty("passages").EnumerateArray());
    }

    [Fact]
    public async Task Collections_are_apart_listed_and_removed()
    {
        await RunAsync("ingest", "docs/pump.md", "--collection", "manuals");
        await RunAsync("ingest", "docs/水泵.txt");

        var collections = JsonDocument.Parse((await RunAsync("collections", "--json")).Output).RootElement.GetProperty("collections");
        Assert.Equal(["default", "manuals"], collections.EnumerateArray().Select(collection => collection.GetProperty("name").GetString()));
        Assert.Contains("Nothing in collection 'default' fits.", (await RunAsync("search", "pump")).Errors, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Success, (await RunAsync("collections", "remove", "manuals")).Code);
        Assert.Contains("default", (await RunAsync("collections", "list")).Output, StringComparison.Ordinal);
        var (code, _, errors) = await RunAsync("search", "pump", "--collection", "manuals");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal("error: There is no collection 'manuals'. Fill one with: agent ingest PATH --collection manuals\n", errors);
        Assert.Equal(ExitCodes.Failed, (await RunAsync("collections", "remove", "manuals")).Code);
        Assert.True(File.Exists(Path.Combine(_workspace.Path, "docs", "pump.md")));
    }

    [Theory]
    [InlineData("--collection: '../x' is no name", "search", "pump", "--collection", "../x")]
    [InlineData("--meta: 'year' is not NAME=VALUE", "ingest", "docs", "--meta", "year")]
    [InlineData("--meta: 'a' comes twice", "ingest", "docs", "--meta", "a=1", "--meta", "a=2")]
    [InlineData("--tag: give 1 to 200 characters", "ingest", "docs", "--tag", "")]
    [InlineData("--top: give a number from 1 to 1000", "search", "pump", "--top", "0")]
    [InlineData("The query is empty", "search", " ")]
    public async Task Wrong_options_are_named(string message, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);

        Assert.Equal((ExitCodes.Usage, ""), (code, output));
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_workspace.Path, ".agent")));
    }

    [Fact]
    public async Task A_watch_takes_in_what_changes_until_it_is_interrupted()
    {
        var reports = new System.Collections.Concurrent.BlockingCollection<string>();
        var console = new FakeConsole { OnOut = text => reports.Add(text) };
        var run = _workspace.RunAsync(console, "ingest", "docs", "--watch", "--json");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.Equal(2, Next().GetProperty("added").GetInt32());

        _workspace.Write("docs/fan.md", "The fan is grey.");
        Assert.Equal(1, Next().GetProperty("added").GetInt32());
        Assert.Contains("fan.md", (await RunAsync("search", "fan")).Output, StringComparison.Ordinal);
        File.Delete(Path.Combine(_workspace.Path, "docs", "pump.md"));
        Assert.Equal(1, Next().GetProperty("removed").GetInt32());
        Assert.True(console.Interrupt());
        Assert.Equal(ExitCodes.Cancelled, await run.WaitAsync(limit.Token));

        JsonElement Next()
        {
            var text = string.Empty;
            while (!text.EndsWith('\n'))
            {
                text += reports.Take(limit.Token);
            }

            return JsonDocument.Parse(text).RootElement;
        }
    }

    [Fact]
    public async Task A_question_is_answered_from_the_passages_of_a_collection()
    {
        await RunAsync("ingest", "docs/pump.md", "--tag", "manual");

        var (code, output, _) = await RunAsync("ask", "How often is the shaft greased?", "--collection", "default", "--json");
        Assert.Equal(ExitCodes.Success, code);
        var events = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var passages = events[0];
        Assert.Equal("passages", passages.GetProperty("type").GetString());
        Assert.EndsWith("pump.md", Assert.Single(passages.GetProperty("passages").EnumerateArray()).GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal("done", events[^1].GetProperty("type").GetString());

        // Documents without the tag are none of its business.
        (_, output, _) = await RunAsync("ask", "How often is the shaft greased?", "--tag", "other", "--json");
        Assert.Empty(JsonDocument.Parse(output.Split('\n')[0]).RootElement.GetProperty("passages").EnumerateArray());
        (code, _, var errors) = await RunAsync("ask", "Hello", "--collection", "nope");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("There is no collection 'nope'.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_model_is_offered_a_search_where_the_settings_say_so()
    {
        await RunAsync("ingest", "docs/pump.md");
        _workspace.Variables["Agent__Retrieval__Use"] = "Tool";

        var (code, output, _) = await RunAsync("ask", "Search the documents: how often is the shaft greased?", "--json");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("\"search_passages\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"type\":\"passages\"", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var console = new FakeConsole();
        var code = await _workspace.RunAsync(console, arguments);
        return (code, console.Output, console.Errors);
    }
}
