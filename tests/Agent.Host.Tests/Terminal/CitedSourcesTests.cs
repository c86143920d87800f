using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Retrieval;
using Agent.Host.Terminal;
using Agent.Host.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Terminal;

public sealed class CitedSourcesTests
{
    private static readonly AgentFinished Finished = new(
        AgentFinishReason.Completed, new UsageDetails(), [], 1, TimeSpan.Zero, new AgentTimings(null, null, TimeSpan.Zero, TimeSpan.Zero), [])
    {
        Citations =
        [
            new(2, Passage("b.md", "Tides\u001b[31m", "Spring", "Low\nwater"), 9, 12),
            new(1, Passage("a.md", string.Empty), 13, 16),
            new(2, Passage("b.md", "Tides\u001b[31m", "Spring", "Low\nwater"), 20, 23),
        ],
        UnknownCitations = [new(7, 30, 33)],
    };

    [Fact]
    public async Task People_see_the_cited_sources_below_the_answer()
    {
        var console = new FakeConsole();
        await using (var reporter = new TextRunReporter(new ConsoleTerminal(console, new Dictionary<string, string>()), new AgentLimits()))
        {
            await reporter.BeginAsync();
            await reporter.ReportAsync(new AgentPassagesInjected([]));
            await reporter.ReportAsync(new AgentTextDelta("At noon [2][1]."));
            await reporter.ReportAsync(Finished);
        }

        Assert.Equal("At noon [2][1].\n", console.Output);
        Assert.Equal("[1] a.md\n[2] Tides\uFFFD[31m > Spring > Low water\n", console.Errors);
    }

    [Fact]
    public async Task Programs_get_passages_and_citations()
    {
        var output = new StringWriter();
        await using var reporter = new JsonRunReporter(new JsonLines(output), TimeSpan.Zero);
        await reporter.ReportAsync(new AgentPassagesInjected([new AgentPassage("x", "b.md", 1, 2.5)]));
        await reporter.ReportAsync(Finished);
        await reporter.ReportAsync(Finished with { Citations = [], UnknownCitations = [] });

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal("""{"type":"passages","passages":[{"number":1,"id":"x","source":"b.md","score":2.5}]}""", lines[0].GetRawText());
        var citation = lines[1].GetProperty("citations")[0];
        Assert.Equal(3, lines[1].GetProperty("citations").GetArrayLength());
        Assert.Equal((2, "b.md", "Low\nwater"), (citation.GetProperty("number").GetInt32(), citation.GetProperty("source").GetString(), citation.GetProperty("heading_path")[1].GetString()));
        Assert.Equal((5, 8, 9, 12), (citation.GetProperty("start").GetInt32(), citation.GetProperty("end").GetInt32(), citation.GetProperty("answer_start").GetInt32(), citation.GetProperty("answer_end").GetInt32()));
        Assert.Equal(7, lines[1].GetProperty("unknown_citations")[0].GetInt32());
        Assert.Equal((0, 0), (lines[2].GetProperty("citations").GetArrayLength(), lines[2].GetProperty("unknown_citations").GetArrayLength()));
    }

    private static Passage Passage(string source, string title, params string[] headings) => new()
    {
        Id = source,
        Source = source,
        Title = title,
        HeadingPath = headings,
        Text = "text",
        Ordinal = 0,
        Start = 5,
        End = 8,
        TokenCount = 1,
        Tags = [],
        Metadata = new Dictionary<string, string>(),
    };
}
