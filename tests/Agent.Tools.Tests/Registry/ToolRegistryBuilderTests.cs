using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Registry;

public sealed class ToolRegistryBuilderTests
{
    private static ToolRegistryBuilder Builder(string tools) => new ToolRegistryBuilder { Environment = _ => null }
        .Register("echo", ([System.ComponentModel.Description("The text")] string text) => text)
        .AddText($"version: 1\ntools:\n{tools}", "tools.yaml");

    [Fact]
    public async Task Tools_keep_the_order_of_the_file_and_are_found_by_name()
    {
        await using var registry = await Builder(
            """
              - { name: weather, kind: weather }
              - { name: say, description: Say it, kind: function, options: { function: echo } }
            """)
            .AddFunction(AIFunctionFactory.Create(() => 5, "five", "Give five"))
            .BuildAsync();

        Assert.Equal(["weather", "say", "five"], registry.Tools.Select(tool => tool.Name));
        Assert.True(registry.TryGet("say", out var tool));
        Assert.Equal("Say it", tool.Description);
        Assert.Equal("function", tool.Definition?.Kind);
        Assert.False(registry.TryGet("Say", out _));
        Assert.Equal("\"hello\"", await registry.CallAsync("say", """{"text":"hello"}"""));
        Assert.Equal("5", await registry.CallAsync("five"));
    }

    [Fact]
    public async Task Problems_of_files_kinds_and_tools_come_together() =>
        Assert.Equal(
            [
                "tools.yaml:3:22: unknown kind \"weathr\" in tool \"a\". Did you mean \"weather\"?",
                "tools.yaml:4:13: tool \"b\" has no \"description\". Say in one sentence what the tool does; the model chooses by it.",
                "tools.yaml:5:42: unknown key \"colour\" in options of tool \"c\". Known keys: provider, key, geocoding_url, forecast_url, amap_url, language, offline_after, allow_private_network.",
                "tools.yaml:6:94: \"retries\" of tool \"d\" needs an idempotent tool. Write \"idempotent: true\" if running a call twice does no harm, else remove \"retries\".",
                $"tools.yaml:7:22: unknown kind \"ftp\" in tool \"e\". Known kinds: {string.Join(", ", ToolKinds.Default.Select(kind => kind.Name))}.",
                "tools.yaml:8:57: \"offline_after\" of tool \"f\" is 20s, not shorter than its time-out. Make offline_after shorter than timeout and attempt_timeout, so that the climate table can answer in time.",
            ],
            (await Builder(
                """
                  - { name: a, kind: weathr }
                  - { name: b, kind: function, options: { function: echo } }
                  - { name: c, kind: weather, options: { colour: red } }
                  - { name: d, description: D, kind: function, options: {function: echo}, limits: { retries: 1 } }
                  - { name: e, kind: ftp }
                  - { name: f, kind: weather, options: { offline_after: 20s } }
                """).ProblemsAsync()));

    [Theory]
    [InlineData("type: object, properties: { a: { type: strng } }", "tools.yaml:3:126: \"parameters\" of tool \"say\" cannot be enforced at \"/properties/a/type\": \"strng\" is not a type. Use string, number, integer, boolean, object, array or null, or a list of them.")]
    [InlineData("type: object, properties: { a: { $ref: 'https://evil.example/x' } }", "tools.yaml:3:126: \"parameters\" of tool \"say\" cannot be enforced at \"/properties/a/$ref\": the reference \"https://evil.example/x\" leads out of this document, where nothing is fetched. Copy the schema into $defs and refer to \"#/$defs/NAME\".")]
    [InlineData("type: object, required: a", "tools.yaml:3:107: \"parameters\" of tool \"say\" cannot be enforced at \"/required\": it must be a list, but is the string \"a\". Write [ ... ].")]
    public async Task A_schema_that_cannot_be_enforced_is_told_at_its_keyword(string parameters, string message) =>
        Assert.Equal([message], await Builder($"  - {{ name: say, description: d, kind: function, options: {{ function: echo }}, parameters: {{ {parameters} }} }}").ProblemsAsync());

    [Fact]
    public async Task A_function_from_code_with_such_a_schema_is_refused()
    {
        var builder = new ToolRegistryBuilder().AddFunction(new OddFunction());
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => builder.BuildAsync());
        Assert.Contains("\"odd\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains("strng", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_name_in_two_files_is_told()
    {
        var builder = Builder("  - { name: weather, kind: weather }").AddText("version: 1\ntools: [{name: weather, kind: weather}]", "more.yaml");
        Assert.Equal(["more.yaml:2:16: duplicate tool name \"weather\"; the first is at tools.yaml:3:13. Rename one of the two."], await builder.ProblemsAsync());
    }

    [Fact]
    public async Task A_function_from_code_cannot_take_the_name_of_a_tool()
    {
        var builder = Builder("  - { name: weather, kind: weather }").AddFunction(AIFunctionFactory.Create(() => 5, "weather", "Give five"));
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => builder.BuildAsync());
        Assert.StartsWith("A tool named \"weather\" is there already (tools.yaml:3:13); rename one of the two.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_registered_once()
    {
        var builder = new ToolRegistryBuilder().Register("a", () => 1);
        Assert.Throws<ArgumentException>(() => builder.Register("a", () => 2));
        Assert.Throws<ArgumentException>(() => builder.AddKind(new SeveralKind("http")));
    }

    [Fact]
    public async Task A_new_kind_may_yield_several_tools_and_hand_over_what_it_holds()
    {
        var kind = new SeveralKind("several");
        var registry = await Builder("  - { name: pair, kind: several }").AddKind(kind).BuildAsync();
        Assert.Equal(["pair_one", "pair_two"], registry.Tools.Select(tool => tool.Name));
        Assert.False(kind.IsDisposed);
        await registry.DisposeAsync();
        await registry.DisposeAsync();
        Assert.True(kind.IsDisposed);
    }

    [Fact]
    public async Task Nothing_is_opened_unless_the_whole_file_is_right()
    {
        var kind = new SeveralKind("several");
        await Builder("  - { name: pair, kind: several }\n  - { name: x, kind: function, options: { function: echo } }").AddKind(kind).ProblemsAsync();
        Assert.False(kind.IsOpened);
        Assert.True(kind.IsDisposed);
    }

    [Fact]
    public async Task A_source_that_cannot_start_is_told_at_its_entry()
    {
        var kind = new SeveralKind("several") { Failure = "Start the server first" };
        Assert.Equal(["tools.yaml:3:13: tool \"pair\" cannot start. Start the server first."], await Builder("  - { name: pair, kind: several }").AddKind(kind).ProblemsAsync());
        Assert.True(kind.IsDisposed);
    }

    [Fact]
    public async Task The_shipped_file_is_right_and_small()
    {
        await using var registry = await new ToolRegistryBuilder { Environment = _ => null }.AddFile(Repository.Locate("tools.yaml")).BuildAsync();
        Assert.Equal(["get_current_weather", "sql_query"], registry.Tools.Select(tool => tool.Name));
        Assert.All(registry.Tools, tool => Assert.True(
            tool.Name.Length + tool.Description.Length + tool.JsonSchema.GetRawText().Length < (tool.Name == "sql_query" ? 1_000 : 300), "the embedded model reads this with every question"));
    }

    [Fact]
    public async Task The_commented_examples_of_the_shipped_file_are_right_too()
    {
        var lines = File.ReadAllLines(Repository.Locate("tools.yaml")).Select(line => line.StartsWith("#  ", StringComparison.Ordinal) ? line[1..] : line);
        var text = string.Join('\n', lines).Replace("# defaults:", "defaults:", StringComparison.Ordinal).Replace("#   limits:", "  limits:", StringComparison.Ordinal).Replace("#             circuit", "    circuit", StringComparison.Ordinal);
        await using var registry = await new ToolRegistryBuilder { Environment = name => name == "SHOP_TOKEN" ? "secret" : null }
            .Register("add", AIFunctionFactory.Create((int a, int b) => a + b, "add", "Add two numbers"))
            .AddText(text, "tools.yaml")
            .BuildAsync();
        Assert.Equal(["get_current_weather", "sql_query", "get_order", "add"], registry.Tools.Select(tool => tool.Name));
        Assert.Equal(new ToolLimits(), registry.Tools[0].Limits);
        Assert.Equal("7", await registry.CallAsync("add", """{"a":3,"b":4}"""));
    }

    private sealed class OddFunction : AIFunction
    {
        public override string Name => "odd";

        public override System.Text.Json.JsonElement JsonSchema => System.Text.Json.JsonElement.Parse("""{"type":"object","properties":{"a":{"type":"strng"}}}""");

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => default;
    }

    private sealed class SeveralKind(string name) : IToolKind, IDisposable
    {
        public string Name => name;

        public string? Failure { get; init; }

        public bool IsOpened { get; private set; }

        public bool IsDisposed { get; private set; }

        public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
        {
            context.DisposeWithRegistry(this);
            return new Source(this, definition.Name);
        }

        public void Dispose() => IsDisposed = true;

        private sealed class Source(SeveralKind kind, string prefix) : IToolSource
        {
            public ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken)
            {
                kind.IsOpened = true;
                return kind.Failure is { } failure
                    ? throw new ToolException(failure)
                    : ValueTask.FromResult<IReadOnlyList<CreatedTool>>(
                    [
                        new CreatedTool(AIFunctionFactory.Create(() => 1, $"{prefix}_one", "One")),
                        new CreatedTool(AIFunctionFactory.Create(() => 2, $"{prefix}_two", "Two")),
                    ]);
            }
        }
    }
}
