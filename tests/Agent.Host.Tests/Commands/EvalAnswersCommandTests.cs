using System.Text.Json;
using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary><c>agent eval answers</c> from suite to exit code, with the embedded model and against a server.</summary>
[Collection("program")]
public sealed class EvalAnswersCommandTests : IAsyncLifetime, IDisposable
{
    private const string Passages = """[{"source": "tides.md", "title": "Tides", "text": "The causeway is open for three hours."}, {"source": "boats.md", "text": "Boats leave from the east quay."}]""";

    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();
    private OpenAIServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await OpenAIServer.StartAsync();
        _workspace.Variables["AGENT_EVAL_KEY"] = "sk-secret-1";
        _workspace.Write(
            "answers.jsonl",
            string.Join(
                '\n',
                Case("open", "en", "one", "How long is the causeway open?", "\"cites\": [1], \"contains\": [[\"three\", \"3\"]]"),
                Case("boats", "en", "one", "Where do the boats leave?", "\"cites\": [2]"),
                Case("keeper", "zh", "none", "谁看门？", "\"refuse\": true"),
                Case("depth", "zh", "none", "水有多深？", "\"refuse\": true")));
        _server.Answer = (body, _) => Task.FromResult<OpenAIReply?>(new OpenAIReply
        {
            Text = OpenAIServer.Question(body) switch
            {
                var q when q.Contains("causeway open?", StringComparison.Ordinal) => "For three hours [1][2].",
                var q when q.Contains("boats leave?", StringComparison.Ordinal) => "From the east quay [2].",
                var q when q.Contains("谁看门", StringComparison.Ordinal) => "资料中没有提到。",
                _ => "三米[7]。",
            },
        });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_model_on_a_server_is_measured()
    {
        var code = await RunAgainstAsync("--show-wrong", "1", "--report", "report.json", "--date", "2026-01-31", "--concurrency", "1");

        Assert.Equal(ExitCodes.Success, code);
        var lines = _console.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "category language cases right precision recall contains refused wrongly",
                "one en 2 50.0 % 66.7 % 100.0 % 100.0 % - 0.0 %",
                "none zh 2 50.0 % 0.0 % - - 50.0 % -",
                "all en 2 50.0 % 66.7 % 100.0 % 100.0 % - 0.0 %",
                "all zh 2 50.0 % 0.0 % - - 50.0 % -",
                "all all 4 50.0 % 50.0 % 100.0 % 100.0 % 50.0 % 0.0 %",
                "model model-1 on " + _server.Endpoint + ", system message product (system, 2026-01-31), 1 at once",
            ],
            lines.Take(7).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Equal(["open (one, en)", "question  How long is the causeway open?", "expected  [1] and three|3", "got       For three hours [1][2]."], lines[^4..]);
        var asked = _server.Requests.First().Body;
        Assert.Equal(
            "Passages:\n[1] Tides\nThe causeway is open for three hours.\n\n[2] Boats leave from the east quay.\n\nQuestion: How long is the causeway open?\nAnswer from the passages only and cite them as [n].",
            OpenAIServer.Question(asked));
        Assert.Equal(0, asked.GetProperty("temperature").GetDouble());
        var results = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(_workspace.Path, "report.json"))).GetProperty("results");
        Assert.Equal(["open", "boats", "keeper", "depth"], results.EnumerateArray().Select(result => result.GetProperty("id").GetString()));
        Assert.Equal([1, 2], results[0].GetProperty("cited").EnumerateArray().Select(number => number.GetInt32()));
        Assert.Equal(JsonValueKind.Null, results[2].GetProperty("expected").ValueKind);
    }

    [Fact]
    public async Task The_summary_is_one_object()
    {
        await RunAgainstAsync("--json", "--category", "none");

        var summary = JsonElement.Parse(_console.Output);
        Assert.Equal((2, 50m, 50m), (summary.GetProperty("cases").GetInt32(), summary.GetProperty("right_percent").GetDecimal(), summary.GetProperty("right_refusal_percent").GetDecimal()));
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("citation_recall_percent").ValueKind);
    }

    [Theory]
    [InlineData("50", ExitCodes.Success)]
    [InlineData("51", ExitCodes.Failed)]
    public async Task A_mark_decides_the_exit_code(string mark, int expected) => Assert.Equal(expected, await RunAgainstAsync("--fail-under", mark));

    [Fact]
    public async Task A_server_that_answers_nothing_at_all_fails_the_run()
    {
        _server.Answer = (_, context) =>
        {
            context.Response.StatusCode = 404;
            return Task.FromResult<OpenAIReply?>(OpenAIReply.Handled);
        };

        Assert.Equal(ExitCodes.Failed, await RunAgainstAsync());
        Assert.Contains("error: open, boats, keeper, depth: ", _console.Errors, StringComparison.Ordinal);
        Assert.Contains("No case was answered.", _console.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--category", "two", "--category is 'two', which no case has")]
    [InlineData("--fail-under", "0.5", "--fail-under is '0.5'")]
    [InlineData("--limit", "0", "--limit must be 1 or more")]
    public async Task A_wrong_option_is_explained(string option, string value, string expected)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync(option, value));
        Assert.Contains(expected, _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_embedded_model_is_measured()
    {
        var code = await RunAsync("--limit", "1", "--json", "--system", "none");

        Assert.Equal(ExitCodes.Success, code);
        var summary = JsonElement.Parse(_console.Output);
        Assert.Equal(("agent-mini", "none", 0), (summary.GetProperty("model").GetString(), summary.GetProperty("system").GetString(), summary.GetProperty("errors").GetInt32()));
        Assert.True(summary.GetProperty("completion_tokens").GetInt64() > 0);
    }

    private static string Case(string id, string language, string category, string question, string expectation) =>
        $$"""{"id": "{{id}}", "lang": "{{language}}", "category": "{{category}}", "question": "{{question}}", "passages": {{Passages}}, {{expectation}}}""";

    private Task<int> RunAsync(params string[] options) => _workspace.RunAsync(_console, ["eval", "answers", "answers.jsonl", .. options]);

    private Task<int> RunAgainstAsync(params string[] options) =>
        RunAsync(["--against", new Uri(_server.Endpoint, "/").ToString(), "--against-model", "model-1", .. options]);
}
