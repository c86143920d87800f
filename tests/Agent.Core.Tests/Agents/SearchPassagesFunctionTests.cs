using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Agents.Passages;
using Agent.Core.Retrieval;
using Agent.Core.Schemas;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Testing.ScriptedSearch;

namespace Agent.Core.Tests.Agents;

public sealed class SearchPassagesFunctionTests
{
    [Theory]
    [InlineData("en", "Search the documents for passages that answer a question; cite them as [n]", "The question or query")]
    [InlineData("zh", "在文档中检索能回答问题的段落，回答时用[n]标注出处", "要检索的问题")]
    public void It_is_declared_in_both_languages(string language, string description, string query)
    {
        var tool = new SearchPassagesFunction(new ScriptedSearch(), new() { Language = language });

        Assert.Equal(("search_passages", description), (tool.Name, tool.Description));
        Assert.Equal(query, tool.JsonSchema.GetProperty("properties").GetProperty("query").GetProperty("description").GetString());
        var schema = JsonSchema.CompileForTool(tool.Name, tool.JsonSchema);
        Assert.Empty(schema.Validate(JsonElement.Parse("""{"query":"a","top":10}""")));
        Assert.NotEmpty(schema.Validate(JsonElement.Parse("""{"query":"a","top":11}""")));
        Assert.NotEmpty(schema.Validate(JsonElement.Parse("""{"query":"a","top":0}""")));
        Assert.NotEmpty(schema.Validate(JsonElement.Parse("""{"query":""}""")));
        Assert.NotEmpty(schema.Validate(JsonElement.Parse("{}")));
    }

    [Fact]
    public async Task It_gives_numbered_text_and_each_call_outside_a_run_begins_with_one()
    {
        var search = new ScriptedSearch(Hit("The lighthouse [2] opens at nine.", 2, "Hours"));
        var tool = new SearchPassagesFunction(search, new() { Filter = new() { Tags = ["harbour"] } });

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("[1] Hours\nThe lighthouse (2) opens at nine.", await tool.InvokeAsync(new() { ["query"] = " lighthouse ", ["top"] = 3 }));
        }

        Assert.Equal(("lighthouse", "harbour"), (search.Queries[0].Text, search.Queries[0].Filter.Tags[0]));
    }

    [Theory]
    [InlineData("lighthouse", "No passages found.")]
    [InlineData("灯塔", "文档中没有找到相关内容。")]
    public async Task Nothing_found_says_so(string query, string expected) =>
        Assert.Equal(expected, await new SearchPassagesFunction(new ScriptedSearch()).InvokeAsync(new() { ["query"] = query }));

    [Fact]
    public async Task It_gives_no_more_than_asked_for_and_no_more_than_the_budget()
    {
        var hits = Enumerable.Range(0, 20).Select(i => Hit($"lighthouse {i}", 20 - (0.1 * i), id: $"{i}", ordinal: i)).ToArray();

        Assert.Equal(3, await CountAsync(new(new ScriptedSearch(hits)), 3));
        Assert.Equal(5, await CountAsync(new(new ScriptedSearch(hits)), null));
        Assert.Equal(2, await CountAsync(new(new ScriptedSearch(hits), new() { TokenBudget = 32, CountTokens = _ => 16 }), 10));

        static async Task<int> CountAsync(SearchPassagesFunction tool, int? top) =>
            ((string)(await tool.InvokeAsync(new() { ["query"] = "lighthouse", ["top"] = top }))!).Split("\n\n").Length;
    }

    [Fact]
    public async Task Arguments_that_are_none_are_told_to_the_model()
    {
        var tool = new SearchPassagesFunction(new ScriptedSearch());

        foreach (var arguments in (AIFunctionArguments[])[[], new() { ["query"] = " " }, new() { ["query"] = new string('x', 1001) }, new() { ["query"] = "a", ["top"] = 11 }, new() { ["query"] = "a", ["top"] = "many" }])
        {
            await Assert.ThrowsAsync<ToolException>(async () => await tool.InvokeAsync(arguments));
        }

        Assert.Throws<ArgumentException>(() => new SearchPassagesFunction(new ScriptedSearch(), new() { Top = 11 }));
    }

    [Fact]
    public async Task Why_a_search_failed_is_logged_and_not_told_to_the_model()
    {
        var logger = new RecordingLogger();
        var tool = new SearchPassagesFunction(new ScriptedSearch((_, _) => throw new RetrievalException("/srv/secret.db is locked.")), logger: logger);

        var error = await Assert.ThrowsAsync<ToolException>(async () => await tool.InvokeAsync(new() { ["query"] = "a" }));

        Assert.DoesNotContain("secret.db", error.Message, StringComparison.Ordinal);
        Assert.Contains(logger.Entries, entry => entry.Exception?.Message.Contains("secret.db", StringComparison.Ordinal) is true);
    }
}
