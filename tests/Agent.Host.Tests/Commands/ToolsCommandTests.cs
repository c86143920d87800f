using System.Text.Json;
using Agent.Host.Tests.Support;
using Agent.Testing;

namespace Agent.Host.Tests.Commands;

/// <summary>What can be done with a tool file without a model.</summary>
[Collection("program")]
public sealed class ToolsCommandTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();

    public ToolsCommandTests(WeatherServer server) => _workspace.Write("tools.yaml", server.ToolsFile);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task List_is_a_plain_table_in_a_pipe()
    {
        var code = await _workspace.RunAsync(_console, "tools", "list");

        Assert.Equal(ExitCodes.Success, code);
        var lines = _console.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("name ", lines[0], StringComparison.Ordinal);
        Assert.Matches("^get_current_weather +weather +10s +read +never +2 +8 +16,384 bytes +Get the current weather for a city *$", lines[1]);
    }

    [Fact]
    public async Task List_as_json_has_schema_limits_and_defaults()
    {
        await _workspace.RunAsync(_console, "tools", "list", "--json");

        var root = JsonElement.Parse(_console.Output);
        var tool = root.GetProperty("tools").EnumerateArray().Single();
        Assert.Equal("get_current_weather", tool.GetProperty("name").GetString());
        Assert.Equal("weather", tool.GetProperty("kind").GetString());
        Assert.Equal("city", tool.GetProperty("parameters").GetProperty("required")[0].GetString());
        Assert.Equal(root.GetProperty("default_limits").GetRawText(), tool.GetProperty("limits").GetRawText());
        Assert.Equal(
            """{"timeout":"10s","attempt_timeout":"10s","retries":2,"concurrency":8,"rate_per_minute":false,"calls_per_turn":false,"max_result_bytes":16384,"circuit_breaker":{"failures":5,"window":"30s","break":"15s"}}""",
            root.GetProperty("default_limits").GetRawText());
    }

    [Fact]
    public async Task Check_says_that_all_is_well()
    {
        var code = await _workspace.RunAsync(_console, "tools", "check");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal($"{Path.Combine(_workspace.Path, "tools.yaml")}: 1 tool, no problems\n", _console.Output);
    }

    [Fact]
    public async Task Check_tells_of_a_name_that_the_search_of_passages_takes()
    {
        var file = _workspace.Write("tools.yaml", File.ReadAllText(Path.Combine(_workspace.Path, "tools.yaml")).Replace("name: get_current_weather", "name: search_passages", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Success, await _workspace.RunAsync(new FakeConsole(), "tools", "check"));
        _workspace.Variables["Agent__Retrieval__Use"] = "Tool";

        var code = await _workspace.RunAsync(_console, "tools", "check");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Matches($"{System.Text.RegularExpressions.Regex.Escape(file)}:3:[0-9]+: the tool name \"search_passages\" is taken by the search of passages \\(Agent:Retrieval:Use is Tool\\)\\. Rename the tool, or set Agent:Retrieval:Use to Context or Off\\.", _console.Errors + _console.Output);
    }

    [Fact]
    public async Task Check_shows_every_problem_at_once()
    {
        var file = _workspace.Write("broken.yaml", "version: 1\ntools:\n  - name: a\n    descripton: x\n    kind: wether\n");
        var json = new FakeConsole();

        var code = await _workspace.RunAsync(_console, "tools", "check", "--tools", "broken.yaml");
        var jsonCode = await _workspace.RunAsync(json, "tools", "check", "--tools", "broken.yaml", "--json");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal(ExitCodes.Usage, jsonCode);
        Assert.Equal("", _console.Output);
        Assert.Contains($"{file}:4:5: ", _console.Errors, StringComparison.Ordinal);
        Assert.Contains($"{file}:5:11: ", _console.Errors, StringComparison.Ordinal);
        var root = JsonElement.Parse(json.Output);
        Assert.False(root.GetProperty("ok").GetBoolean());
        Assert.True(root.GetProperty("problems").GetArrayLength() >= 2);
    }

    [Fact]
    public async Task Check_tells_mistakes_in_every_corner_of_a_file_with_line_and_fix()
    {
        var file = _workspace.Write(
            "broken.yaml",
            """
            version: 1
            default: { limits: { timeout: 5s } }
            tools:
              - name: weather
                kind: weather
                options: { provder: amap, offline_after: 3 }
                limits: { timeout: 5 }
              - name: weather
                kind: wether
              - description: Without a name
                kind: http
                options: { url: "https://example.com/", metod: GET }
              - name: get_order
                descripton: Get an order
                kind: http
                parameters: { type: object, properties: { order_id: { type: strng } } }
                options: { url: "https://example.com/{order}", auth: { bearer: abc, basc: {} } }
              - name: shop
                kind: sql
                options: { sampel: shop, database: x.db, query: SELECT 1 }
              - name: add
                kind: function
                options: { function: ad, functon: add }
              - name: pets
                kind: openapi
                options: { document: pets.yaml, operation: [a], all: true }
              - name: weather
                kind: weather
                options: { langauge: en }
            """);
        string[] expected =
        [
            "2:1: unknown key \"default\" in the file. Did you mean \"defaults\"?",
            "6:16: unknown key \"provder\" in options of tool \"weather\". Did you mean \"provider\"?",
            "6:46: \"offline_after\" of options of tool \"weather\" is \"3\". It must be a duration from 10ms to 1m, for example 500ms, 10s or 2m.",
            "7:24: \"timeout\" of limits of tool \"weather\" is \"5\". It must be a duration from 50ms to 10m, for example 500ms, 10s or 2m.",
            "8:11: duplicate tool name \"weather\"; the first is on line 4. Rename one of the two.",
            "9:11: unknown kind \"wether\" in tool \"weather\". Did you mean \"weather\"?",
            "10:5: tool 3 has no \"name\". Add \"name: ...\".",
            "12:45: unknown key \"metod\" in options of tool \"#3\". Did you mean \"method\"?",
            "14:5: unknown key \"descripton\" in tool \"get_order\". Did you mean \"description\"?",
            "16:59: \"parameters\" of tool \"get_order\" cannot be enforced at \"/properties/order_id/type\": \"strng\" is not a type. Use string, number, integer, boolean, object, array or null, or a list of them.",
            "17:21: placeholder {order} names no parameter in tool \"get_order\". Parameters: order_id.",
            "17:68: \"bearer\" does not come from the environment in tool \"get_order\". Write bearer: ${NAME} and set the variable NAME.",
            "17:73: unknown key \"basc\" in \"auth\". Did you mean \"basic\"?",
            "20:16: unknown key \"sampel\" in options of tool \"shop\". Did you mean \"sample\"?",
            "23:26: function \"ad\" of tool \"add\" is not registered in C#. Registered functions: none.",
            "23:30: unknown key \"functon\" in options of tool \"add\". Did you mean \"function\"?",
            "26:37: unknown key \"operation\" in options of tool \"pets\". Did you mean \"operations\"?",
            "27:11: duplicate tool name \"weather\"; the first is on line 4. Rename one of the two.",
            "29:16: unknown key \"langauge\" in options of tool \"weather\". Did you mean \"language\"?",
        ];
        var json = new FakeConsole();

        await _workspace.RunAsync(_console, "tools", "check", "--tools", "broken.yaml");
        await _workspace.RunAsync(json, "tools", "check", "--tools", "broken.yaml", "--json");

        Assert.Equal([.. expected.Select(problem => $"{file}:{problem}"), $"{file}: {expected.Length} problems"], _console.Errors.TrimEnd('\n').Split('\n'));
        var problems = JsonElement.Parse(json.Output).GetProperty("problems").EnumerateArray().ToList();
        Assert.All(problems, problem => Assert.Equal(["file", "line", "column", "message", "fix"], problem.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(
            expected,
            problems.Select(problem =>
            {
                var fix = problem.GetProperty("fix").GetString()!;
                return $"{problem.GetProperty("line")}:{problem.GetProperty("column")}: {problem.GetProperty("message")}. {fix}{(fix.EndsWith('?') || fix.EndsWith('.') ? "" : ".")}";
            }));
        Assert.Equal("", json.Errors);
    }

    [Fact]
    public async Task Schema_prints_what_the_repository_shows_to_editors()
    {
        var code = await _workspace.RunAsync(_console, "tools", "schema");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal(File.ReadAllText(Repository.Locate("docs", "tools.schema.json")), _console.Output);
        Assert.Equal("", _console.Errors);
    }

    [Fact]
    public async Task Programs_run_only_where_the_setting_or_the_option_allows_them()
    {
        _workspace.Write("run.yaml", "version: 1\ntools:\n  - name: run\n    description: Print the version\n    kind: process\n    options: { command: dotnet, args: [--version] }\n");
        _workspace.Variables["PATH"] = Environment.GetEnvironmentVariable("PATH")!;
        var allowed = new FakeConsole();
        var configured = new FakeConsole();

        var code = await _workspace.RunAsync(_console, "tools", "check", "--tools", "run.yaml");
        var allowedCode = await _workspace.RunAsync(allowed, "tools", "check", "--tools", "run.yaml", "--allow-processes");
        _workspace.Variables["Agent__Tools__AllowProcesses"] = "true";
        var configuredCode = await _workspace.RunAsync(configured, "tools", "check", "--tools", "run.yaml");

        Assert.Equal((ExitCodes.Usage, ExitCodes.Success, ExitCodes.Success), (code, allowedCode, configuredCode));
        Assert.Contains("run.yaml:5:11: ", _console.Errors, StringComparison.Ordinal);
        Assert.Contains("Agent:Tools:AllowProcesses", _console.Errors, StringComparison.Ordinal);
        Assert.Contains("--allow-processes", _console.Errors, StringComparison.Ordinal);
        Assert.Contains("1 tool, no problems", allowed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_prints_the_result()
    {
        var code = await _workspace.RunAsync(_console, "tools", "call", "get_current_weather", "--args", "{\"city\":\"广州\"}");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("{\"city\":\"广州\",\"condition\":\"晴\",\"temperature\":31,\"unit\":\"celsius\",\"humidity\":60,\"source\":\"open-meteo\"}\n", _console.Output);
        Assert.Equal("", _console.Errors);
    }

    [Fact]
    public async Task Call_as_json_is_a_tool_result()
    {
        var code = await _workspace.RunAsync(_console, "tools", "call", "get_current_weather", "--args", "{\"city\":\"London\"}", "--json");

        Assert.Equal(ExitCodes.Failed, code);
        var root = JsonElement.Parse(_console.Output);
        Assert.Equal(["type", "id", "name", "ok", "duration_ms", "content"], root.EnumerateObject().Select(p => p.Name));
        Assert.False(root.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_call_that_a_person_typed_asks_nobody_and_enters_nothing_in_the_ledger()
    {
        File.AppendAllText(Path.Combine(_workspace.Path, "tools.yaml"), "\n    approval: always\n    effects: write\n");

        var code = await _workspace.RunAsync(_console, "tools", "call", "get_current_weather", "--args", "{\"city\":\"广州\"}");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("", _console.Errors);
        Assert.False(File.Exists(Path.Combine(_workspace.Path, "ledger.db")));
    }

    [Theory]
    [InlineData("error: There is no tool 'get_curent_weather'. Did you mean 'get_current_weather'?\n", "get_curent_weather")]
    [InlineData("error: There is no tool 'zzz'. The tools are: get_current_weather.\n", "zzz")]
    [InlineData("error: --args is not a JSON object. Write one, such as --args '{\"city\":\"Paris\"}'.\n", "get_current_weather", "--args", "[1]")]
    [InlineData("error: --args names one argument twice. Remove one of the two.\n", "get_current_weather", "--args", "{\"a\":1,\"a\":2}")]
    public async Task A_call_that_cannot_be_made_is_a_usage_error(string message, params string[] arguments)
    {
        var code = await _workspace.RunAsync(_console, ["tools", "call", .. arguments]);

        Assert.Equal(message, _console.Errors);
        Assert.Equal("", _console.Output);
        Assert.Equal(ExitCodes.Usage, code);
    }

    [Fact]
    public async Task Arguments_are_validated_before_the_call()
    {
        var code = await _workspace.RunAsync(_console, "tools", "call", "get_current_weather");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("error: ", _console.Errors, StringComparison.Ordinal);
        Assert.Contains("city", _console.Errors, StringComparison.Ordinal);
        Assert.Equal("", _console.Output);
    }

    [Fact]
    public async Task Arguments_that_are_no_json_are_a_usage_error()
    {
        var code = await _workspace.RunAsync(_console, "tools", "call", "get_current_weather", "--args", "{");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.StartsWith("error: --args is not JSON: ", _console.Errors, StringComparison.Ordinal);
    }
}
