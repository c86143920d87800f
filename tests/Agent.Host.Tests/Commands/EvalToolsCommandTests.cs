using System.Text.Json;
using Agent.Host.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Agent.Host.Tests.Commands;

/// <summary><c>agent eval tools</c> from suite to exit code, with the embedded model and against a server.</summary>
[Collection("program")]
public sealed class EvalToolsCommandTests : IAsyncLifetime, IDisposable
{
    private const string Sets = """
        {"weather": [{"type": "function", "function": {"name": "get_current_weather", "description": "Get the current weather for a city",
          "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "The city name"}}, "required": ["city"]}}}]}
        """;

    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();
    private OpenAIServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await OpenAIServer.StartAsync();
        _workspace.Variables["AGENT_EVAL_KEY"] = "sk-secret-1";
        _workspace.Write("toolsets.json", Sets);
        _workspace.Write(
            "suite.jsonl",
            string.Join(
                '\n',
                Case("paris", "en", "single", "What is the weather in Paris?", Wants("Paris")),
                Case("guangzhou", "zh", "single", "广州天气怎么样?", Wants("广州")),
                Case("wrong", "en", "single", "What is the weather in Rome?", Wants("Berlin")),
                Case("hello", "zh", "chat", "你好", """{"none": true, "why": "chat"}"""),
                Case("refused", "en", "chat", "What is the weather in Oslo?", """{"none": true}""")));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_embedded_model_is_measured()
    {
        var code = await RunAsync("--show-wrong", "9", "--report", "report.json", "--concurrency", "2", "--date", "2026-01-31");

        Assert.Equal(ExitCodes.Success, code);
        var lines = _console.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "category language cases decision exact",
                "single en 2 100.0 % 50.0 %", "single zh 1 100.0 % 100.0 %", "single all 3 100.0 % 66.7 %",
                "chat en 1 0.0 % 0.0 %", "chat zh 1 100.0 % 100.0 %", "chat all 2 50.0 % 50.0 %",
                "all en 3 66.7 % 33.3 %", "all zh 2 100.0 % 100.0 %", "all all 5 80.0 % 60.0 %",
                "model agent-mini, system message product (system, 2026-01-31), call threshold none, 2 at once",
            ],
            lines.Take(11).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Matches(@"^5 cases in \d+\.\d s; [\d,]+ prompt tokens, \d+ answer tokens \(\d+\.\d tokens/s\)$", lines[11]);
        Assert.Equal(
            [
                "malformed calls 0, answers cut at 1024 tokens 0, errors 0",
                "wrong (single, en)", "expected  get_current_weather {\"city\":\"Berlin\"}", "got       get_current_weather {\"city\":\"Rome\"}",
                "refused (chat, en, wrong decision)", "expected  no call", "got       get_current_weather {\"city\":\"Oslo\"}",
            ],
            lines.Skip(12));
        Assert.EndsWith("5/5  decision 80.0 %  exact 60.0 %\n", _console.Errors, StringComparison.Ordinal);
        var report = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(_workspace.Path, "report.json")));
        Assert.True(report.GetProperty("complete").GetBoolean());
        var results = report.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["paris", "guangzhou", "wrong", "hello", "refused"], results.Select(result => result.GetProperty("id").GetString()));
        Assert.Equal("""[{"name":"get_current_weather","arguments":{"city":"Rome"}}]""", Compact(results[2].GetProperty("got")));
        Assert.Equal("""[{"name":"get_current_weather","arguments":{"city":"Berlin"},"alternatives":{}}]""", Compact(results[2].GetProperty("expected")));
        Assert.StartsWith("<tool_call>\n{\"name\": \"get_current_weather\"", results[2].GetProperty("raw_text").GetString(), StringComparison.Ordinal);
        Assert.Equal((true, false), (results[2].GetProperty("decision").GetBoolean(), results[2].GetProperty("exact").GetBoolean()));
    }

    [Fact]
    public async Task A_call_threshold_on_the_command_line_takes_the_place_of_the_setting()
    {
        await RunAsync("--call-threshold", "1", "--limit", "1", "--json");

        Assert.Equal(1, JsonElement.Parse(_console.Output).GetProperty("call_threshold").GetDouble());
    }

    [Fact]
    public async Task A_model_on_a_server_is_measured()
    {
        _server.Answer = (body, _) => Task.FromResult<OpenAIReply?>(OpenAIServer.Question(body) switch
        {
            var q when q.Contains("Paris", StringComparison.Ordinal) => OpenAIReply.Call("get_current_weather", """{"city": " Paris "}"""),
            var q when q.Contains("广州", StringComparison.Ordinal) => OpenAIReply.Call("get_current_weather", "{\"city\": "),
            _ => null,
        });

        var code = await RunAgainstAsync("--json");

        Assert.Equal(ExitCodes.Success, code);
        var summary = JsonElement.Parse(_console.Output);
        Assert.Equal(_server.Endpoint.ToString(), summary.GetProperty("server").GetString());
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("call_threshold").ValueKind);
        Assert.Equal((5, 4, 3, 1), (summary.GetProperty("cases").GetInt32(), summary.GetProperty("decision").GetInt32(), summary.GetProperty("exact").GetInt32(), summary.GetProperty("malformed_calls").GetInt32()));
        Assert.All(_server.Requests, request => Assert.Equal("Bearer sk-secret-1", request.Authorization));
        var paris = _server.Requests.Select(request => request.Body).Single(body => OpenAIServer.Question(body).Contains("Paris", StringComparison.Ordinal));
        Assert.Equal(0, paris.GetProperty("temperature").GetDouble());
        Assert.Equal(["system", "user"], paris.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.Equal("get_current_weather", paris.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_error_of_the_server_is_listed_and_counts_as_wrong()
    {
        _server.Answer = async (body, context) =>
        {
            if (!OpenAIServer.Question(body).Contains("Paris", StringComparison.Ordinal))
            {
                return null;
            }

            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("""{"error": {"message": "not with sk-secret-1"}}""");
            return OpenAIReply.Handled;
        };

        var code = await RunAgainstAsync("--show-wrong", "1", "--report", "report.json");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains($"error: paris: The server {_server.Endpoint} answered 400: not with ***. ", _console.Errors, StringComparison.Ordinal);
        Assert.Contains("\nparis (single, en, wrong decision)\n  expected  get_current_weather {\"city\":\"Paris\"}\n  got       error: The server ", _console.Output, StringComparison.Ordinal);
        Assert.Contains("errors 1\n", _console.Output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(Path.Combine(_workspace.Path, "report.json"));
        Assert.DoesNotContain("sk-secret", report + _console.Output + _console.Errors, StringComparison.Ordinal);
        Assert.Equal(1, JsonElement.Parse(report).GetProperty("errors").GetInt32());
    }

    [Fact]
    public async Task A_server_that_answers_nothing_at_all_fails_the_run()
    {
        _server.Answer = (_, context) =>
        {
            context.Response.StatusCode = 404;
            return Task.FromResult<OpenAIReply?>(OpenAIReply.Handled);
        };

        Assert.Equal(ExitCodes.Failed, await RunAgainstAsync());

        Assert.Contains("error: paris, guangzhou, wrong, hello, refused: ", _console.Errors, StringComparison.Ordinal);
        Assert.EndsWith("error: No case was answered.\n", _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_shows_what_is_done_so_far()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer = async (body, context) =>
        {
            if (!OpenAIServer.Question(body).Contains("Rome", StringComparison.Ordinal))
            {
                return null;
            }

            _console.Interrupt();
            var reply = await OpenAIServer.NeverAsync(context);
            gone.SetResult();
            return reply;
        };

        var code = await RunAgainstAsync("--concurrency", "1", "--report", "report.json");

        Assert.Equal(ExitCodes.Cancelled, code);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("\n2 of 5 cases in ", _console.Output, StringComparison.Ordinal);
        Assert.EndsWith("Cancelled.\n", _console.Errors, StringComparison.Ordinal);
        var report = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(_workspace.Path, "report.json")));
        Assert.False(report.GetProperty("complete").GetBoolean());
        Assert.Equal(2, report.GetProperty("results").GetArrayLength());
    }

    [Theory]
    [InlineData("40,40", ExitCodes.Success)]
    [InlineData("40%,40.1", ExitCodes.Failed)]
    [InlineData("41,0", ExitCodes.Failed)]
    public async Task A_result_under_the_mark_is_exit_code_1(string mark, int expected)
    {
        // The server only talks: 2 of 5 are right.
        Assert.Equal(expected, await RunAgainstAsync("--fail-under", mark));
        Assert.Equal(expected == ExitCodes.Failed, _console.Errors.Contains("error: Under --fail-under: decision 40.0 % of ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cases_are_chosen_by_category_language_and_number()
    {
        Assert.Equal(ExitCodes.Success, await RunAgainstAsync("--category", "single", "--category", "chat", "--language", "en", "--limit", "2", "--system", "none"));

        Assert.Equal(
            ["What is the weather in Paris?", "What is the weather in Rome?"],
            _server.Requests.Select(request => OpenAIServer.Question(request.Body)).Order(StringComparer.Ordinal));
        Assert.All(_server.Requests, request => Assert.Equal(1, request.Body.GetProperty("messages").GetArrayLength()));
    }

    [Theory]
    [InlineData("--category is 'singel', which no case has", "--category", "singel")]
    [InlineData("--fail-under is '0.6,0.2'", "--fail-under", "0.6,0.2")]
    [InlineData("--fail-under is '60'", "--fail-under", "60")]
    [InlineData("--call-threshold must be above 0", "--call-threshold", "1.5")]
    [InlineData("--against needs the model's name", "--against", "http://127.0.0.1:1")]
    [InlineData("is no address of a server", "--against", "127.0.0.1:1", "--against-model", "x")]
    [InlineData("--against-model names a model of a server", "--against-model", "x")]
    [InlineData("--model is the embedded model's file", "--against", "http://127.0.0.1:1", "--against-model", "x", "--model", "x.gguf")]
    [InlineData("--call-threshold works on the embedded model only", "--against", "http://127.0.0.1:1", "--against-model", "x", "--call-threshold", "0.5")]
    [InlineData("--system is 'mine'", "--system", "mine")]
    [InlineData("--date is 'today'", "--date", "today")]
    [InlineData("--limit must be 1 or more", "--limit", "0")]
    [InlineData("--report: there is no folder", "--report", "nowhere/report.json")]
    [InlineData("is a folder. Name a file.", "--report", ".")]
    [InlineData("toolsets.json: there is no such file", "--toolsets", "other/toolsets.json")]
    public async Task What_cannot_be_done_is_said_before_any_work(string message, params string[] options)
    {
        var code = await RunAsync(options);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal("", _console.Output);
        Assert.Contains(message, _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suite_that_is_wrong_is_a_usage_error_with_every_problem()
    {
        var file = _workspace.Write("suite.jsonl", "{}\n{\n");

        var code = await RunAsync("--json");

        Assert.Equal(ExitCodes.Usage, code);
        var error = JsonElement.Parse(_console.Output);
        Assert.Equal("suite", error.GetProperty("code").GetString());
        Assert.StartsWith($"{file}:1: \"id\" is missing. ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains($"\n{file}:2: this is not JSON", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static string Wants(string city) => $$$"""{"calls": [{"name": "get_current_weather", "arguments": {"city": "{{{city}}}"}}]}""";

    private static string Case(string id, string language, string category, string question, string expect) =>
        $$$"""{"id": "{{{id}}}", "lang": "{{{language}}}", "category": "{{{category}}}", "toolset": "weather", "messages": [{"role": "user", "content": "{{{question}}}"}], "expect": {{{expect}}}}""";

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private Task<int> RunAsync(params string[] options) => _workspace.RunAsync(_console, ["eval", "tools", "suite.jsonl", .. options]);

    private Task<int> RunAgainstAsync(params string[] options) =>
        RunAsync(["--against", new Uri(_server.Endpoint, "/").ToString(), "--against-model", "model-1", .. options]);
}
