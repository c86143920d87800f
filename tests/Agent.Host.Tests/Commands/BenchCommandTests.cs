using System.Text.Json;
using Agent.Host.Tests.Support;
using Agent.Testing;
using Microsoft.AspNetCore.Http;

namespace Agent.Host.Tests.Commands;

/// <summary><c>agent bench</c> from options to exit code, with the embedded model and against a server.</summary>
[Collection("program")]
public sealed class BenchCommandTests : IAsyncLifetime, IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();
    private OpenAIServer _server = null!;

    public async Task InitializeAsync()
    {
        _workspace.Variables["AGENT_EVAL_KEY"] = "sk-secret-1";
        _server = await OpenAIServer.StartAsync();
        _server.Answer = (body, _) => Task.FromResult(Chat(body));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Decoding_is_measured_with_answers_of_full_length()
    {
        var code = await RunAsync("decode", "--sequences", "1", "2", "--prompt-tokens", "12", "--tokens", "24", "--runs", "2", "--seed", "5", "--json");

        Assert.Equal((ExitCodes.Success, ""), (code, _console.Errors));
        var report = JsonElement.Parse(_console.Output);
        Assert.Equal(("decode", 5, true), (report.GetProperty("benchmark").GetString(), report.GetProperty("seed").GetInt32(), report.GetProperty("complete").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("server").ValueKind);
        var results = report.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(2, results.Count);
        Assert.All(results, result =>
        {
            var sequences = result.GetProperty("parameters").GetProperty("sequences").GetInt32();
            Assert.Equal(("process", 2, 0), (result.GetProperty("target").GetString(), result.GetProperty("runs_done").GetInt32(), result.GetProperty("short_answers").GetInt32()));
            Assert.Equal((24 * sequences, 12 * sequences), (result.GetProperty("output_tokens").GetInt32(), result.GetProperty("computed_tokens").GetInt32()));
            Assert.Equal((23 * sequences, sequences), (result.GetProperty("gap_ms").GetProperty("count").GetInt32(), result.GetProperty("first_token_ms").GetProperty("count").GetInt32()));
            Assert.True(result.GetProperty("tokens_per_second").GetDouble() > 0);
            Assert.Equal(2, result.GetProperty("tokens_per_second_of_runs").GetArrayLength());
        });
    }

    [Fact]
    public async Task Agents_compute_what_they_share_once()
    {
        var code = await RunAsync("agents", "--agents", "3", "--shared", "400", "--own", "30", "--tokens", "12", "--rounds", "1", "--result", "20", "--runs", "1", "--sampling", "top-k 40, top-p 0.9, temperature 0.7", "--json");

        Assert.Equal((ExitCodes.Success, ""), (code, _console.Errors));
        var result = JsonElement.Parse(_console.Output).GetProperty("results")[0];
        Assert.Equal((6, 0, 6 * 12), (result.GetProperty("requests").GetInt32(), result.GetProperty("short_answers").GetInt32(), result.GetProperty("output_tokens").GetInt32()));

        // The warm-up has computed the shared beginning; a first round computes its own 30 tokens, a second one call and result.
        Assert.True(result.GetProperty("cached_tokens").GetInt32() >= 6 * 399);
        Assert.InRange(result.GetProperty("computed_tokens").GetInt32(), 3 * 50, 3 * 120);
    }

    [Fact]
    public async Task Prompts_of_agents_have_the_lengths_that_were_asked_for()
    {
        await RunAsync("agents", "--agents", "2", "--shared", "300", "--own", "25", "--tokens", "4", "--runs", "1", "--cold", "--arrival", "200", "--json");

        Assert.Equal(2 * 325, JsonElement.Parse(_console.Output).GetProperty("results")[0].GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Decoders_gaps_are_shown_with_and_without_the_newcomer()
    {
        var code = await RunAsync("mixed", "--decoders", "1", "--prompt-tokens", "8", "--tokens", "64", "--newcomer", "300", "--runs", "1");

        Assert.Equal((ExitCodes.Success, ""), (code, _console.Errors));
        Assert.Contains("\n1 decode, 300 tokens come process ", _console.Output, StringComparison.Ordinal);
        Assert.Contains("decoders' gaps ", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prefill_takes_each_length_alone()
    {
        await RunAsync("prefill", "--prompt-tokens", "40", "90", "--runs", "1", "--json");

        var results = JsonElement.Parse(_console.Output).GetProperty("results").EnumerateArray().ToList();
        Assert.Equal([40, 90], results.Select(result => result.GetProperty("computed_tokens").GetInt32()));
        Assert.All(results, result => Assert.True(result.GetProperty("prompt_tokens_per_second").GetDouble() > 0));
    }

    [Fact]
    public async Task A_server_alone_gets_prompts_in_token_ids_and_is_told_to_go_on()
    {
        var code = await RunAsync("decode", "--sequences", "2", "--prompt-tokens", "12", "--tokens", "5", "--runs", "1", "--against", _server.Endpoint.ToString(), "--sampling", "top-k 40, temperature 0.5", "--json");

        Assert.Equal((ExitCodes.Success, ""), (code, _console.Errors));
        var report = JsonElement.Parse(_console.Output);
        Assert.Equal("first-model", report.GetProperty("server_model").GetString());
        var result = Assert.Single(report.GetProperty("results").EnumerateArray());
        Assert.Equal(("server", 10, 24, 4), (result.GetProperty("target").GetString(), result.GetProperty("output_tokens").GetInt32(), result.GetProperty("prompt_tokens").GetInt32(), result.GetProperty("cached_tokens").GetInt32()));
        Assert.Equal(4, _server.Requests.Count);
        Assert.All(_server.Requests, request =>
        {
            Assert.Equal("Bearer sk-secret-1", request.Authorization);
            Assert.Equal(12, request.Body.GetProperty("prompt").GetArrayLength());
            Assert.Equal(("first-model", 5, 5), (request.Body.GetProperty("model").GetString(), request.Body.GetProperty("max_tokens").GetInt32(), request.Body.GetProperty("min_tokens").GetInt32()));
            Assert.True(request.Body.GetProperty("ignore_eos").GetBoolean());
            Assert.Equal((40, 0.5), (request.Body.GetProperty("top_k").GetInt32(), request.Body.GetProperty("temperature").GetDouble()));
        });
    }

    [Fact]
    public async Task Both_get_the_same_load_one_after_the_other_and_are_compared()
    {
        var code = await RunAsync(
            "agents", "--agents", "2", "--shared", "300", "--own", "25", "--tokens", "6", "--rounds", "1", "--runs", "1",
            "--model", Repository.EmbeddedModel, "--against", _server.Endpoint.ToString(), "--against-model", "peer", "--json");

        Assert.Equal((ExitCodes.Success, ""), (code, _console.Errors));
        var report = JsonElement.Parse(_console.Output);
        Assert.Equal(["process", "server"], report.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("target").GetString()));
        Assert.All(report.GetProperty("results").EnumerateArray(), result => Assert.Equal((4, 24), (result.GetProperty("requests").GetInt32(), result.GetProperty("output_tokens").GetInt32())));
        Assert.True(Assert.Single(report.GetProperty("ratios").EnumerateArray()).GetProperty("tokens_per_second").GetDouble() > 0);
        var second = _server.Requests.Select(request => request.Body).First(body => body.GetProperty("messages").GetArrayLength() == 4);
        Assert.Equal(["system", "user", "assistant", "tool"], second.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        var call = second.GetProperty("messages")[2].GetProperty("tool_calls")[0];
        Assert.Equal(call.GetProperty("id").GetString(), second.GetProperty("messages")[3].GetProperty("tool_call_id").GetString());
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!).ValueKind);
        Assert.Contains(call.GetProperty("function").GetProperty("name").GetString(), second.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_comparison_for_people_ends_with_the_ratios()
    {
        var code = await RunAsync("decode", "--sequences", "1", "--prompt-tokens", "8", "--tokens", "4", "--runs", "1", "--model", Repository.EmbeddedModel, "--against", _server.Endpoint.ToString());

        Assert.Equal((ExitCodes.Success, ""), (code, _console.Errors));
        Assert.Matches(@"\n1 x 8 \+ 4 process .*\n1 x 8 \+ 4 server ", _console.Output);
        Assert.Matches(@"\nprocess : server\nload +tok/s .*\n1 x 8 \+ 4 +\d+\.\d\d ", _console.Output);
        Assert.Contains($", server {_server.Endpoint} with first-model\n", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_fail_are_counted_by_kind_and_fail_the_command()
    {
        var asked = 0;
        _server.Answer = async (body, context) =>
        {
            // The warm-up and one of two are answered.
            if (Interlocked.Increment(ref asked) != 4)
            {
                return Chat(body);
            }

            context.Response.StatusCode = 429;
            await context.Response.WriteAsync("slow down, sk-secret-1");
            return OpenAIReply.Handled;
        };

        var code = await RunAsync("agents", "--agents", "2", "--shared", "300", "--tokens", "6", "--runs", "1", "--against", _server.Endpoint.ToString(), "--json");

        Assert.Equal(ExitCodes.Failed, code);
        var report = JsonElement.Parse(_console.Output);
        Assert.Equal(1, report.GetProperty("failed").GetInt32());
        Assert.Equal(1, report.GetProperty("results")[0].GetProperty("errors").GetProperty("http_429").GetInt32());
        Assert.Equal(6, report.GetProperty("results")[0].GetProperty("output_tokens").GetInt32());
        Assert.Equal($"error: 2 agents on server: 1 failed (http_429): The server {_server.Endpoint} answered 429: slow down, ***. Send fewer requests at once.\n", _console.Errors);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_or_ends_early_is_told_apart()
    {
        _server.Answer = (_, _) => Task.FromResult<OpenAIReply?>(new OpenAIReply { Text = "one two", BreaksOff = true });
        Assert.Equal(ExitCodes.Failed, await RunAsync("agents", "--agents", "1", "--shared", "300", "--tokens", "6", "--runs", "1", "--against", _server.Endpoint.ToString()));
        Assert.Contains("1 failed (unfinished): The server ", _console.Errors, StringComparison.Ordinal);

        _server.Answer = (_, _) => Task.FromResult<OpenAIReply?>(new OpenAIReply { Text = "one two" });
        Assert.Equal(ExitCodes.Success, await RunAsync("agents", "--agents", "1", "--shared", "300", "--tokens", "6", "--runs", "1", "--against", _server.Endpoint.ToString()));
        Assert.Contains("warning: 1 agents on server: 1 answers ended early", _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_shows_what_is_done()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        _server.Answer = async (body, context) =>
        {
            if (Interlocked.Increment(ref asked) < 3)
            {
                return null;
            }

            _console.Interrupt();
            var reply = await OpenAIServer.NeverAsync(context);
            gone.SetResult();
            return reply;
        };

        var code = await RunAsync("decode", "--sequences", "1", "2", "--prompt-tokens", "12", "--tokens", "5", "--runs", "3", "--against", _server.Endpoint.ToString());

        Assert.Equal(ExitCodes.Cancelled, code);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Matches(@"\n1 x 12 \+ 5 server .* 1/3 +0\n", _console.Output);
        Assert.DoesNotContain("2 x 12", _console.Output, StringComparison.Ordinal);
        Assert.EndsWith("Cancelled.\n", _console.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sequences is 257; it must be 1 to 256.", "decode", "--sequences", "8", "257")]
    [InlineData("--prompt-tokens is 0; it must be 1 to ", "decode", "--prompt-tokens", "0")]
    [InlineData("--tokens is 1; it must be 2 to ", "decode", "--tokens", "1")]
    [InlineData("--sampling is 'hot'", "decode", "--sampling", "hot")]
    [InlineData("--runs is 0", "prefill", "--runs", "0")]
    [InlineData("--arrival is 0; it must be above 0", "agents", "--arrival", "0")]
    [InlineData("--rounds are rounds of tool calls", "agents", "--rounds", "1", "--without-tools")]
    [InlineData("--shared is 20, and the template with one tool takes ", "agents", "--shared", "20")]
    [InlineData("--own is 3, and the template takes ", "agents", "--own", "3")]
    [InlineData("A request of this load (70000 tokens) has 70,001 tokens", "prefill", "--prompt-tokens", "64", "70000")]
    [InlineData("--decoders is 256", "mixed", "--decoders", "256")]
    [InlineData("is no address of a server", "decode", "--against", "127.0.0.1:1")]
    [InlineData("--against-model names a model of a server", "decode", "--against-model", "x")]
    [InlineData("--vocab names the vocabulary of a server's model", "decode", "--vocab", "x.gguf")]
    [InlineData("--vocab and --model are both given", "decode", "--vocab", "x.gguf", "--model", "y.gguf", "--against", "http://127.0.0.1:1")]
    public async Task What_cannot_be_done_is_said_before_any_work(string message, params string[] arguments)
    {
        var code = await RunAsync(arguments);

        Assert.Equal((ExitCodes.Usage, ""), (code, _console.Output));
        Assert.Contains(message, _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        Assert.Equal(ExitCodes.Failed, await RunAsync("decode", "--against", "http://127.0.0.1:1"));

        Assert.Contains("The server http://127.0.0.1:1/v1 does not say which models it has. ", _console.Errors, StringComparison.Ordinal);
        Assert.Contains(" Name one with --against-model.", _console.Errors, StringComparison.Ordinal);
    }

    private static OpenAIReply? Chat(JsonElement body) => body.TryGetProperty("messages", out _)
        ? new OpenAIReply { Text = string.Join(' ', Enumerable.Repeat("word", body.GetProperty("max_tokens").GetInt32())), FinishReason = "length" }
        : null;

    private Task<int> RunAsync(params string[] arguments) => _workspace.RunAsync(_console, ["bench", .. arguments]);
}
