using Agent.Host.Evaluation.Suites;
using Agent.Host.Evaluation.Tools.Suites;
using Agent.Host.Tests.Support;
using Agent.Testing;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation;

/// <summary>Suites, and what is said of those that are wrong.</summary>
public sealed class ToolSuiteReaderTests : IDisposable
{
    private const string Sets = """
        {"shop": [
          {"type": "function", "function": {"name": "place_order", "description": "Order", "parameters": {"type": "object", "properties": {"product": {"type": "string"}, "quantity": {"type": "integer"}}}}},
          {"type": "function", "function": {"name": "free_form", "parameters": {"type": "object", "properties": {}, "additionalProperties": true}}}
        ]}
        """;

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_suite_of_the_project_is_read()
    {
        var folder = Path.Combine(Repository.Root, "models", "eval");

        var cases = await ToolSuiteReader.ReadAsync(Path.Combine(folder, "requests.jsonl"), Path.Combine(folder, "toolsets.json"), CancellationToken.None);

        Assert.Equal(230, cases.Count);
        Assert.Equal(115, cases.Count(next => next.Language == "zh"));
        Assert.Equal(92, cases.Count(next => next.Category == "single"));
        Assert.Equal(20, cases.Count(next => next is { Why: "missing_argument", Calls: [] }));
        Assert.All(cases, next => Assert.InRange(next.Tools.Count, 2, 8));
    }

    [Fact]
    public async Task The_example_of_the_documentation_is_read()
    {
        var text = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "evaluation.md"))).ReplaceLineEndings("\n");
        string Block(string language) => text.Split($"```{language}\n", 2)[1].Split("```", 2)[0];

        var cases = await ReadAsync(Block("jsonl"), Block("json"));

        Assert.Equal(["paris", "two", "flight", "hello", "days"], cases.Select(next => next.Id));
    }

    [Fact]
    public async Task A_case_may_carry_its_own_tools_and_needs_no_category()
    {
        var next = Assert.Single(await ReadAsync("""
            {"id": "1", "tools": [{"type": "function", "function": {"name": "ping"}}], "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}], "expect": {"none": true}}
            """));

        Assert.Equal("ping", Assert.Single(next.Tools).Name);
        Assert.Equal("object", next.Tools[0].JsonSchema.GetProperty("type").GetString());
        Assert.Equal((ToolCase.Unnamed, ToolCase.Unnamed, "ab"), (next.Category, next.Language, next.Messages[0].Text));
    }

    [Fact]
    public async Task Calls_and_results_of_earlier_turns_are_read()
    {
        var next = Assert.Single(await ReadAsync(Line("""
            {"role": "system", "content": "s"}, {"role": "user", "content": "u"},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "place_order", "arguments": "{\"quantity\": 2.0}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "done"}
            """)));

        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], next.Messages.Select(message => message.Role));
        var call = Assert.IsType<FunctionCallContent>(Assert.Single(next.Messages[2].Contents));
        Assert.Equal(("c1", "place_order", "2.0"), (call.CallId, call.Name, call.Arguments!["quantity"]!.ToString()));
        Assert.Equal("done", Assert.IsType<FunctionResultContent>(Assert.Single(next.Messages[3].Contents)).Result);
    }

    [Fact]
    public async Task All_problems_come_at_once_each_with_its_line_and_fix()
    {
        var user = """{"role": "user", "content": "u"}""";
        string[] lines =
        [
            $$$"""{"id": "a", "toolset": "shop", "messages": [{{{user}}}], "expect": {"none": true}, "categroy": "x"}""",
            "",
            """{"id": "b", """,
            $$$"""{"id": "a", "toolset": "shp", "messages": [{{{user}}}], "expect": {"call": [], "none": true}}""",
            Line(user, """{"calls": [{"name": "place_orders", "arguments": {}}]}"""),
            Line(user, """{"calls": [{"name": "place_order", "arguments": {"amount": 1}, "alternatives": {"product": "x"}}, {"name": "free_form", "arguments": {"anything": 1}}]}"""),
            Line("""{"role": "usr", "content": "u"}"""),
            Line("""{"role": "user", "content": "u"}, {"role": "assistant", "content": "x"}"""),
            Line("""{"role": "tool", "tool_call_id": "c9", "content": "x"}"""),
            Line(user, "{}"),
            $$$"""{"id": "k", "messages": [{{{user}}}], "expect": {"none": true}}""",
            "[]",
            """{"id": "l", "id": "m"}""",
        ];

        var error = await Assert.ThrowsAsync<SuiteException>(() => ReadAsync(string.Join('\n', lines)));

        var file = Path.Combine(_workspace.Path, "suite.jsonl");
        Assert.Equal(error.Message, string.Join('\n', error.Problems));
        Assert.Collection(
            error.Problems.Select(problem => problem.ToString().Replace(file, "suite", StringComparison.Ordinal).Replace(_workspace.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)),
            text => Assert.Equal("suite:1: unknown key \"categroy\". Did you mean \"category\"?", text),
            text => Assert.StartsWith("suite:3: this is not JSON, at byte ", text, StringComparison.Ordinal),
            text => Assert.Equal("suite:4: toolset: there is no tool set \"shp\" in toolsets.json. Did you mean \"shop\"?", text),
            text => Assert.Equal("suite:4: expect: unknown key \"call\". Did you mean \"calls\"?", text),
            text => Assert.Equal("suite:4: the id \"a\" is that of line 1 too. Give each case its own.", text),
            text => Assert.Equal("suite:5: expect/calls/0/name: the case offers no tool \"place_orders\". Did you mean \"place_order\"?", text),
            text => Assert.Equal("suite:6: expect/calls/0/arguments/amount: the tool has no such parameter. Its parameters are product, quantity.", text),
            text => Assert.Equal("suite:6: expect/calls/0/alternatives/product: this is a string. Write an array in brackets.", text),
            text => Assert.Equal("suite:7: messages/0/role: there is no role \"usr\". The roles are system, user, assistant and tool.", text),
            text => Assert.StartsWith("suite:8: messages/1: the last message is one of the role assistant. ", text, StringComparison.Ordinal),
            text => Assert.StartsWith("suite:9: messages/0/tool_call_id: no call before has the id \"c9\". ", text, StringComparison.Ordinal),
            text => Assert.StartsWith("suite:10: expect: neither \"calls\" nor \"none\" is there. ", text, StringComparison.Ordinal),
            text => Assert.StartsWith("suite:11: the case has no tools. ", text, StringComparison.Ordinal),
            text => Assert.Equal("suite:12: this is an array. Write an object in braces.", text),
            text => Assert.StartsWith("suite:13: this is not JSON, at byte ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tool_sets_are_checked_and_named_by_their_path()
    {
        _workspace.Write("toolsets.json", """
            {"shop": [
              {"type": "function", "function": {"name": "a", "parametres": {}}},
              {"type": "function", "function": {"name": "a"}},
              {"name": "b"},
              {"type": "function", "function": {"name": "c", "parameters": "none"}}
            ]}
            """);

        var error = await Assert.ThrowsAsync<SuiteException>(() => ReadAsync(Line("""{"role": "user", "content": "u"}"""), sets: null));

        Assert.Contains("toolsets.json: shop/0/function: unknown key \"parametres\". Did you mean \"parameters\"?", error.Message, StringComparison.Ordinal);
        Assert.Contains("toolsets.json: shop/1: a second tool is called \"a\". Give one of them another name.", error.Message, StringComparison.Ordinal);
        Assert.Contains("toolsets.json: shop/2: \"function\" is missing. ", error.Message, StringComparison.Ordinal);
        Assert.Contains("toolsets.json: shop/3/function/parameters: this is a string. Write an object in braces.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.jsonl", "there is no such file. Give the path of a JSONL file with one case a line.")]
    [InlineData("empty.jsonl", "the file holds no case. Write one JSON object a line.")]
    [InlineData("latin.jsonl", "the file is not UTF-8. Save it as UTF-8.")]
    public async Task A_file_that_cannot_be_used_is_one_problem(string name, string message)
    {
        _workspace.Write("empty.jsonl", "\n \n");
        await File.WriteAllBytesAsync(Path.Combine(_workspace.Path, "latin.jsonl"), [0x7B, 0xE9, 0x7D]);
        var file = Path.Combine(_workspace.Path, name);

        var error = await Assert.ThrowsAsync<SuiteException>(() => ToolSuiteReader.ReadAsync(file, "toolsets.json", CancellationToken.None));

        Assert.Equal($"{file}: {message}", error.Message);
    }

    [Fact]
    public async Task A_tool_set_file_that_is_missing_is_said_once()
    {
        var user = """{"role": "user", "content": "u"}""";

        var error = await Assert.ThrowsAsync<SuiteException>(() => ReadAsync($"{Line(user)}\n{Line(user)}", sets: null));

        Assert.Equal($"{Path.Combine(_workspace.Path, "toolsets.json")}: there is no such file. Name the file with --toolsets, or give each case its own \"tools\".", error.Message);
    }

    private static string Line(string messages, string expect = """{"none": true}""") =>
        $$$"""{"id": "{{{Guid.NewGuid()}}}", "toolset": "shop", "messages": [{{{messages}}}], "expect": {{{expect}}}}""".ReplaceLineEndings(" ");

    private Task<IReadOnlyList<ToolCase>> ReadAsync(string lines, string? sets = Sets)
    {
        if (sets is not null)
        {
            _workspace.Write("toolsets.json", sets);
        }

        return ToolSuiteReader.ReadAsync(_workspace.Write("suite.jsonl", lines), Path.Combine(_workspace.Path, "toolsets.json"), CancellationToken.None);
    }
}
