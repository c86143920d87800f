using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Agent.Host.Remote;
using Agent.Host.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Remote;

/// <summary>What is sent to a server, what is made of its answers, and what is said of those that are wrong.</summary>
public sealed class OpenAIChatClientTests : IAsyncLifetime
{
    private const string Key = "sk-secret-1";
    private static readonly AIFunctionDeclaration Weather = AIFunctionFactory.CreateDeclaration(
        "get_weather", "Weather of a city", JsonElement.Parse("""{"type": "object", "properties": {"city": {"type": "string"}}}"""));

    private OpenAIServer _server = null!;

    public async Task InitializeAsync() => _server = await OpenAIServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_request_says_what_was_asked()
    {
        using var client = NewClient();
        List<ChatMessage> messages =
        [
            new(ChatRole.User, "u"),
            new(ChatRole.Assistant, [new TextContent("t"), new FunctionCallContent("c1", "get_weather", new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "广州" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "warm")]),
        ];

        await client.GetResponseAsync(messages, new ChatOptions { Instructions = "i", Tools = [Weather], Temperature = 0, MaxOutputTokens = 9, Seed = 7, AllowMultipleToolCalls = false, StopSequences = ["#"] });

        var (authorization, body) = Assert.Single(_server.Requests);
        Assert.Equal($"Bearer {Key}", authorization);
        Assert.Equal(["system", "user", "assistant", "tool"], body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        var call = body.GetProperty("messages")[2].GetProperty("tool_calls")[0];
        Assert.Equal(("c1", "{\"city\":\"广州\"}"), (call.GetProperty("id").GetString(), call.GetProperty("function").GetProperty("arguments").GetString()));
        Assert.Equal("c1", body.GetProperty("messages")[3].GetProperty("tool_call_id").GetString());
        Assert.Equal("get_weather", body.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(Weather.JsonSchema.GetProperty("properties").GetRawText(), body.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetProperty("properties").GetRawText());
        Assert.Equal((0, 9, 7, false), (body.GetProperty("temperature").GetDouble(), body.GetProperty("max_completion_tokens").GetInt32(), body.GetProperty("seed").GetInt32(), body.GetProperty("parallel_tool_calls").GetBoolean()));
        Assert.Equal("#", body.GetProperty("stop")[0].GetString());
        Assert.Equal("model-1", body.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Calls_come_back_whole(bool streams, bool numbersAlike)
    {
        _server.Answer = Reply(new OpenAIReply
        {
            Text = "let me see",
            Calls = [("a", """{"x": 1.50}"""), ("b", "")],
            FinishReason = "tool_calls",
            NumbersCallsAlike = numbersAlike,
        });
        using var client = NewClient();

        var response = await AskAsync(client, streams);

        var calls = Calls(response);
        Assert.Equal(["a", "b"], calls.Select(call => call.Name));
        Assert.Equal(["call_0", "call_1"], calls.Select(call => call.CallId));
        Assert.Equal("1.50", Assert.IsType<JsonElement>(calls[0].Arguments!["x"]).GetRawText());
        Assert.Empty(calls[1].Arguments!);
        Assert.All(calls, call => Assert.Null(call.Exception));
        Assert.Equal("let me see", response.Text);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal((23, 3), (response.Usage!.OutputTokenCount, response.Usage.CachedInputTokenCount));
    }

    [Theory]
    [InlineData("{\"x\": ")]
    [InlineData("[1]")]
    [InlineData("\"[1]\"")]
    [InlineData("\"\\\"{}\\\"\"")]
    public async Task A_call_that_cannot_be_parsed_bears_an_exception_and_its_text(string arguments)
    {
        _server.Answer = Reply(OpenAIReply.Call("a", arguments));
        using var client = NewClient();

        foreach (var streams in (bool[])[false, true])
        {
            var call = Assert.Single(Calls(await AskAsync(client, streams)));
            Assert.Null(call.Arguments);
            Assert.NotNull(call.Exception);
            Assert.Equal($"{{\"name\": \"a\", \"arguments\": {arguments}}}", call.RawRepresentation);
        }
    }

    [Theory]
    [InlineData("""{"x": ["\ud83d!\ude00", "\ud83d\ude00"]}""", "{\"x\": [\"\uFFFD!\uFFFD\", \"😀\"]}")]
    [InlineData("""{"\ud800": 1}""", "{\"\uFFFD\": 1}")]
    [InlineData("""{"x": 1, "x": 2}""", """{"x": 2}""")]
    [InlineData("""  "{\"x\": \"\\ud800\"}" """, "{\"x\": \"\uFFFD\"}")]
    [InlineData("\" \"", "{}")]
    [InlineData("\"null\"", "{}")]
    [InlineData("null", "{}")]
    public async Task Arguments_are_judged_as_those_of_the_embedded_model(string arguments, string expected)
    {
        _server.Answer = Reply(OpenAIReply.Call("a", arguments));
        using var client = NewClient();

        foreach (var streams in (bool[])[false, true])
        {
            var call = Assert.Single(Calls(await AskAsync(client, streams)));
            Assert.Null(call.Exception);
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonSerializer.SerializeToElement(call.Arguments)), JsonSerializer.Serialize(call.Arguments));
        }
    }

    [Theory]
    [InlineData(401, """{"error": {"message": "Incorrect API key provided: sk-secret-1."}}""", "answered 401: Incorrect API key provided: ***. Check the API key.")]
    [InlineData(404, """{"detail": "Not Found"}""", "answered 404: Not Found. Check the URL (it mostly ends in /v1) and the model's name.")]
    [InlineData(400, """{"error": "no tools"}""", "answered 400: no tools. Check that the server's model can call tools.")]
    [InlineData(500, "<html>oops</html>", "answered 500: <html>oops</html>. See the server's log.")]
    [InlineData(503, "", "answered 503: no reason given. See the server's log.")]
    public async Task An_error_names_server_reason_and_fix_and_never_the_key(int status, string body, string message)
    {
        _server.Answer = Reply(status, body);
        using var client = NewClient();

        foreach (var streams in (bool[])[false, true])
        {
            var error = await Assert.ThrowsAsync<RemoteChatException>(() => AskAsync(client, streams));
            Assert.Equal($"The server {_server.Endpoint} {message}", error.Message);
            Assert.Equal(status, error.Status);

            // Logs and --verbose write all of it.
            Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        var asked = 0;
        _server.Answer = (_, context) => Interlocked.Increment(ref asked) == 1 ? Reply(503, "busy")(default, context) : Task.FromResult<OpenAIReply?>(null);
        using var client = NewClient(retries: 1);

        Assert.Equal("You said: hi", (await AskAsync(client, streams: false)).Text);
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("""{"choices": 3}""")]
    public async Task An_answer_in_another_form_is_an_error(string body)
    {
        _server.Answer = Reply(200, body);
        using var client = NewClient();

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => AskAsync(client, streams: false));

        Assert.StartsWith($"The server {_server.Endpoint} sent an answer that is not in OpenAI's form: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_an_error()
    {
        _server.Answer = Reply(new OpenAIReply { Text = "half an", BreaksOff = true });
        using var client = NewClient();

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => AskAsync(client, streams: true));

        Assert.Equal($"The server {_server.Endpoint} ended its answer before it was complete. See the server's log.", error.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");
        listener.Stop();
        using var client = NewClient(endpoint: endpoint);

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => AskAsync(client, streams: false));

        Assert.StartsWith($"The server {endpoint} cannot be reached: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silent_server_is_given_up(bool streams)
    {
        _server.Answer = (_, context) => OpenAIServer.NeverAsync(context);
        using var client = NewClient(timeout: TimeSpan.FromMilliseconds(100));

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => AskAsync(client, streams));

        Assert.StartsWith($"The server {_server.Endpoint} was silent for 100ms. ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_request_ends_on_the_server_too(bool streams)
    {
        using var cancellation = new CancellationTokenSource();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer = async (_, context) =>
        {
            await cancellation.CancelAsync();
            var reply = await OpenAIServer.NeverAsync(context);
            gone.SetResult();
            return reply;
        };
        using var client = NewClient();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(client, streams, cancellation.Token));

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_the_protocol_cannot_say_is_refused()
    {
        using var client = NewClient();

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("hi", new ChatOptions { TopK = 3 }));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("hi", new ChatOptions { ModelId = "other" }));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(new ChatMessage(ChatRole.User, [new UriContent("http://127.0.0.1/x.png", "image/png")])));

        Assert.Equal("ChatOptions.TopK is not supported: the protocol has no such field; leave it empty.", error.Message);
        Assert.Empty(_server.Requests);
    }

    private static Func<JsonElement, HttpContext, Task<OpenAIReply?>> Reply(OpenAIReply reply) => (_, _) => Task.FromResult<OpenAIReply?>(reply);

    private static Func<JsonElement, HttpContext, Task<OpenAIReply?>> Reply(int status, string body) => async (_, context) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
        return OpenAIReply.Handled;
    };

    private static Task<ChatResponse> AskAsync(IChatClient client, bool streams, CancellationToken cancellationToken = default) => streams
        ? client.GetStreamingResponseAsync("hi", cancellationToken: cancellationToken).ToChatResponseAsync(cancellationToken)
        : client.GetResponseAsync("hi", cancellationToken: cancellationToken);

    private static List<FunctionCallContent> Calls(ChatResponse response) => [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];

    private OpenAIChatClient NewClient(int retries = 0, Uri? endpoint = null, TimeSpan? timeout = null) => new(new OpenAIChatClientOptions
    {
        Endpoint = endpoint ?? _server.Endpoint,
        Model = "model-1",
        ApiKey = Key,
        Retries = retries,
        Timeout = timeout ?? TimeSpan.FromSeconds(20),
    });
}
