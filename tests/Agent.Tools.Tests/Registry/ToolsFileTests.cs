using Agent.Tools.Registry;

namespace Agent.Tools.Tests.Registry;

public sealed class ToolsFileTests
{
    private static string[] Problems(string yaml) =>
        Assert.Throws<ToolsFileException>(() => ToolsFile.Parse(yaml, "tools.yaml")).Message.Split('\n');

    [Fact]
    public void A_full_entry_is_read()
    {
        var file = ToolsFile.Parse(
            """
            version: 1
            defaults:
              limits: { timeout: 20s, concurrency: 3 }
            tools:
              - name: get_order
                description: Get an order
                kind: http
                parameters: { type: object, properties: { id: { type: string } }, required: [id] }
                options: { url: "https://example.com/{id}" }
                limits:
                  attempt_timeout: 4s
                  retries: 1
                  circuit_breaker: { failures: 7, window: 1m }
                  max_result_bytes: 1000
                idempotent: true
              - name: other
                kind: function
                limits: { circuit_breaker: false }
            """,
            "tools.yaml");

        var tool = file.Tools[0];
        Assert.Equal(("get_order", "Get an order", "http", true), (tool.Name, tool.Description, tool.Kind, tool.IsIdempotent));
        Assert.Equal("""{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}""", tool.Parameters?.GetRawText());
        Assert.Equal(
            new ToolLimits
            {
                Timeout = TimeSpan.FromSeconds(20),
                AttemptTimeout = TimeSpan.FromSeconds(4),
                Retries = 1,
                CircuitBreaker = new CircuitBreakerLimits { Failures = 7, Window = TimeSpan.FromMinutes(1), Break = TimeSpan.FromSeconds(15) },
                Concurrency = 3,
                MaxResultBytes = 1_000,
            },
            tool.Limits);
        Assert.Equal("tools.yaml:5:11", tool.Position.ToString());
        Assert.Null(file.Tools[1].Limits.CircuitBreaker);
        Assert.Null(file.Tools[1].Parameters);
    }

    [Fact]
    public void All_problems_are_told_at_once_with_their_places()
    {
        Assert.Equal(
            [
                "tools.yaml:1:10: version \"2\" is not known. Write \"version: 1\".",
                "tools.yaml:3:26: \"concurrency\" of limits of defaults is \"0\". It must be a whole number from 1 to 1024.",
                "tools.yaml:5:11: tool name \"get order\" is not allowed. Use 1 to 64 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _.",
                "tools.yaml:6:5: unknown key \"descripton\" in tool \"get order\". Did you mean \"description\"?",
                "tools.yaml:8:24: \"timeout\" of limits of tool \"get order\" is \"10\". It must be a duration from 50ms to 10m, for example 500ms, 10s or 2m.",
                "tools.yaml:9:5: tool 2 has no \"name\". Add \"name: ...\".",
                "tools.yaml:11:17: \"idempotent\" of tool 2 is \"yes\". It must be true or false.",
                "tools.yaml:12:1: unknown key \"tolls\" in the file. Did you mean \"tools\"?",
            ],
            Problems(
                """
                version: 2
                defaults:
                  limits: { concurrency: 0 }
                tools:
                  - name: get order
                    descripton: x
                    kind: http
                    limits: { timeout: 10 }
                  - kind: http
                    description: y
                    idempotent: yes
                tolls: []
                """));
    }

    [Theory]
    [InlineData("tools: []", "tools.yaml:1:1: the file has no \"version\". Add \"version: ...\".")]
    [InlineData("", "tools.yaml:1:1: the file holds no mapping. Begin it with \"version: 1\" and \"tools:\".")]
    [InlineData("- a", "tools.yaml:1:1: the file holds no mapping. Begin it with \"version: 1\" and \"tools:\".")]
    [InlineData("version: 1\nversion: 1", "tools.yaml:2:1: duplicate key \"version\"; the first is on line 1. Remove one of the two.")]
    [InlineData("version: 1\n---\nversion: 1", "tools.yaml:2:1: a second YAML document begins here. Keep one document per file.")]
    [InlineData("version: !!int 1", "tools.yaml:1:10: tag \"!!int\" is not allowed. Remove the tag; use quotes for text.")]
    [InlineData("version: 1\ntools: !Foo.Bar [ ]", "tools.yaml:2:8: tag \"!Foo.Bar\" is not allowed. Remove the tag; use quotes for text.")]
    [InlineData("version: 1\ntools: 5", "tools.yaml:2:8: \"tools\" of the file is \"5\". It must be a list.")]
    [InlineData("version: 1\ntools: [5]", "tools.yaml:2:9: entry 1 of \"tools\" is \"5\". Write a mapping with name, description and kind.")]
    [InlineData("version: 1\ntools: [{name: a, kind: b}, {name: a, kind: b}]", "tools.yaml:2:36: duplicate tool name \"a\"; the first is on line 2. Rename one of the two.")]
    [InlineData("version: 1\ntools: [{name: a}]", "tools.yaml:2:9: tool \"a\" has no \"kind\". Add \"kind: ...\".")]
    [InlineData("version: 1\ntools: [{name: a, kind: ' '}]", "tools.yaml:2:25: \"kind\" of tool \"a\" is \" \". It must not be blank.")]
    [InlineData("version: 1\ntools: [{name: a, kind: b, parameters: {type: string}}]", "tools.yaml:2:40: \"parameters\" of tool \"a\" is not a schema of an object. Write \"type: object\" and list the arguments under \"properties\".")]
    [InlineData("version: 1\ntools: [{name: a, kind: b, limits: {timeout: 1s, attempt_timeout: 2s}}]", "tools.yaml:2:67: \"attempt_timeout\" of tool \"a\" is longer than its \"timeout\" of 1s. Make attempt_timeout the shorter of the two.")]
    [InlineData("version: 1\ntools: [{name: a, kind: b, limits: {circuit_breaker: {failures: 1}}}]", "tools.yaml:2:65: \"failures\" of circuit_breaker of tool \"a\" is \"1\". It must be a whole number from 2 to 1000.")]
    [InlineData("version: 1\n? [a]\n: 5", "tools.yaml:2:3: a key must be text, not a list. Write the key as one word.")]
    public void A_problem_is_told_with_its_place_and_fix(string yaml, string message) => Assert.Equal([message], Problems(yaml));

    [Fact]
    public void An_alias_is_refused_rather_than_expanded()
    {
        var bomb = "version: 1\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]";
        var problems = Problems(bomb);
        Assert.Contains("tools.yaml:3:8: alias \"*a\" is not supported. Write the value out, or put shared limits under \"defaults\".", problems);
        Assert.Contains("tools.yaml:4:5: alias \"*b\" is not supported. Write the value out, or put shared limits under \"defaults\".", problems);
    }

    [Theory]
    [InlineData("version: 1\ntools: [")]
    [InlineData("version: 1\n\ttools: []")]
    [InlineData("version: \"1")]
    [InlineData("version: 1\n  tools: []")]
    [InlineData("version: [1\u0001]")]
    [InlineData("*x")]
    public void Broken_YAML_names_its_place(string yaml) => Assert.Matches(@"^tools\.yaml:[1-9]\d*:[1-9]\d*: ", Problems(yaml)[0]);

    [Fact]
    public void Deep_nesting_is_refused_without_exhausting_the_stack() =>
        Assert.Contains("nested deeper than 48 levels", Problems("version: " + new string('[', 100_000))[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("1a")]
    [InlineData("-a")]
    [InlineData("a.b")]
    [InlineData("工具")]
    [InlineData("a\\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_outside_the_pattern_are_refused(string name) =>
        Assert.Contains("is not allowed. Use 1 to 64 of", Problems($"version: 1\ntools: [{{name: \"{name}\", kind: x}}]")[0], StringComparison.Ordinal);

    [Fact]
    public void A_file_over_the_size_limit_is_refused()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "version: 1 #" + new string('x', ToolsFile.MaximumBytes));
            var exception = Assert.Throws<ToolsFileException>(() => ToolsFile.Load(path));
            Assert.Equal($"{path}:1:1: the file has 262156 bytes, more than 262144. Split it into several tools files.", exception.Message);
            Assert.Throws<ToolsFileException>(() => ToolsFile.Parse(File.ReadAllText(path), "x"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_missing_file_is_told_with_its_name() =>
        Assert.Equal("nowhere/tools.yaml:1:1: the file does not exist. Create it, or name another with --tools.", Assert.Throws<ToolsFileException>(() => ToolsFile.Load("nowhere/tools.yaml")).Message);

    [Fact]
    public void A_folder_is_no_file() =>
        Assert.Contains("the file cannot be read", Assert.Throws<ToolsFileException>(() => ToolsFile.Load(Path.GetTempPath())).Message, StringComparison.Ordinal);
}
