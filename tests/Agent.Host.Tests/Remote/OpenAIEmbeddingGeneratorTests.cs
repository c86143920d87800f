using System.Net;
using System.Net.Sockets;
using Agent.Core.Inference.Embedding;
using Agent.Host.Remote;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Remote;

/// <summary>What is sent to a server, what is made of its answers, and what is said of those that are wrong.</summary>
public sealed class OpenAIEmbeddingGeneratorTests : IAsyncLifetime
{
    private const string Key = "sk-secret-1";

    private EmbeddingServer _server = null!;

    public async Task InitializeAsync() => _server = await EmbeddingServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Texts_go_in_batches_and_vectors_come_back_in_order_and_of_length_1(bool asArrays)
    {
        _server.SendsArrays = asArrays;
        using var generator = NewGenerator(batch: 2);

        var embeddings = await generator.GenerateAsync(["a", "bbb", "cc"]);

        // The prefix is nine characters long.
        Assert.Equal([10f, 12f, 11f], embeddings.Select(embedding => embedding.Vector.Span[0] / embedding.Vector.Span[1]), (a, b) => Math.Abs(a - b) < 1e-4f);
        Assert.All(embeddings, embedding => Assert.Equal(1, embedding.Vector.ToArray().Sum(component => component * component), 1e-5f));
        Assert.Equal((10, "model-1"), (embeddings.Usage!.InputTokenCount, embeddings[2].ModelId));
        Assert.Equal([2, 1], _server.Requests.Select(request => request.Body.GetProperty("input").GetArrayLength()));
        Assert.All(_server.Requests, request => Assert.Equal(($"Bearer {Key}", "model-1", false), (request.Authorization, request.Body.GetProperty("model").GetString(), request.Body.TryGetProperty("dimensions", out _))));
        Assert.Empty(await generator.GenerateAsync(Array.Empty<string>()));
    }

    [Fact]
    public async Task Dimensions_are_those_of_the_call_or_the_options()
    {
        using var generator = NewGenerator(dimensions: 3);

        Assert.Equal(3, (await generator.GenerateAsync("a")).Dimensions);
        Assert.Equal(6, (await generator.GenerateAsync("a", new EmbeddingGenerationOptions { Dimensions = 6 })).Dimensions);
        Assert.Equal(("openai", "model-1", 3), (Metadata(generator).ProviderName, Metadata(generator).DefaultModelId, Metadata(generator).DefaultModelDimensions));
        await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync("a", new EmbeddingGenerationOptions { ModelId = "other" }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a", null!]));
    }

    [Fact]
    public async Task Queries_and_documents_have_their_prefixes()
    {
        using var generator = NewGenerator();

        await generator.GenerateAsync("a", EmbeddingProperties.For(EmbeddingPurpose.Query));
        await generator.GenerateAsync("a");

        Assert.Equal(["query: a", "passage: a"], _server.Requests.Select(request => request.Body.GetProperty("input")[0].GetString()));
    }

    [Theory]
    [InlineData(401, """{"error": {"message": "Incorrect API key provided: sk-secret-1."}}""", "answered 401: Incorrect API key provided: ***. Check the API key.")]
    [InlineData(400, """{"error": "too long"}""", "answered 400: too long. Check that the server's model is one for embeddings, that the texts fit it, and the dimensions.")]
    [InlineData(503, "", "answered 503: no reason given. See the server's log.")]
    public async Task An_error_names_server_reason_and_fix_and_never_the_key(int status, string body, string message)
    {
        _server.Answer = context => ReplyAsync(context, status, body);
        using var generator = NewGenerator();

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => generator.GenerateAsync("a"));

        Assert.Equal($"The server {_server.Endpoint} {message}", error.Message);
        Assert.Equal(status, error.Status);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("""{"data": []}""")]
    [InlineData("""{"data": [], "usage": {"prompt_tokens": 1, "total_tokens": 1}, "model": "m", "object": "list"}""")]
    [InlineData("""{"data": [{"index": 1, "object": "embedding", "embedding": [1]}], "usage": {"prompt_tokens": 1, "total_tokens": 1}, "model": "m", "object": "list"}""")]
    [InlineData("""{"data": [{"index": 0, "object": "embedding", "embedding": [0, 0]}], "usage": {"prompt_tokens": 1, "total_tokens": 1}, "model": "m", "object": "list"}""")]
    [InlineData("""{"data": [{"index": 0, "object": "embedding", "embedding": "!"}], "usage": {"prompt_tokens": 1, "total_tokens": 1}, "model": "m", "object": "list"}""")]
    public async Task An_answer_in_another_form_is_an_error(string body)
    {
        _server.Answer = context => ReplyAsync(context, 200, body);
        using var generator = NewGenerator();

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => generator.GenerateAsync("a"));

        Assert.StartsWith($"The server {_server.Endpoint} sent an answer that is not in OpenAI's form: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_of_other_dimensions_are_an_error()
    {
        var body = """{"data": [{"index": 0, "object": "embedding", "embedding": [1, 2]}], "usage": {"prompt_tokens": 1, "total_tokens": 1}, "model": "m", "object": "list"}""";
        _server.Answer = context => ReplyAsync(context, 200, body);
        using var generator = NewGenerator(dimensions: 3);

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => generator.GenerateAsync("a"));

        Assert.Contains("2 dimensions where 3 were expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        var asked = 0;
        _server.Answer = context => Interlocked.Increment(ref asked) == 1 ? ReplyAsync(context, 503, "busy") : Task.FromResult(false);
        using var generator = NewGenerator(retries: 1);

        Assert.Equal(4, (await generator.GenerateAsync("a")).Dimensions);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");
        listener.Stop();
        using var generator = NewGenerator(endpoint: endpoint);

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => generator.GenerateAsync("a"));

        Assert.StartsWith($"The server {endpoint} cannot be reached: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_server_is_given_up()
    {
        _server.Answer = NeverAsync;
        using var generator = NewGenerator(timeout: TimeSpan.FromMilliseconds(100));

        var error = await Assert.ThrowsAsync<RemoteChatException>(() => generator.GenerateAsync("a"));

        Assert.StartsWith($"The server {_server.Endpoint} was silent for 100ms. ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_ends_on_the_server_too()
    {
        using var cancellation = new CancellationTokenSource();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer = async context =>
        {
            await cancellation.CancelAsync();
            await NeverAsync(context);
            gone.SetResult();
            return true;
        };
        using var generator = NewGenerator();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(["a"], null, cancellation.Token));

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2049)]
    public void A_batch_outside_its_range_is_refused(int batch) =>
        Assert.Contains("BatchSize must be 1 to 2,048", Assert.Throws<ArgumentOutOfRangeException>(() => NewGenerator(batch: batch)).Message, StringComparison.Ordinal);

    private static EmbeddingGeneratorMetadata Metadata(OpenAIEmbeddingGenerator generator) => generator.GetRequiredService<EmbeddingGeneratorMetadata>();

    private static async Task<bool> ReplyAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
        return true;
    }

    /// <summary>Waits until the client is gone.</summary>
    private static async Task<bool> NeverAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
        return true;
    }

    private OpenAIEmbeddingGenerator NewGenerator(int retries = 0, Uri? endpoint = null, TimeSpan? timeout = null, int batch = 64, int? dimensions = null) => new(new OpenAIEmbeddingGeneratorOptions
    {
        Endpoint = endpoint ?? _server.Endpoint,
        Model = "model-1",
        ApiKey = Key,
        BatchSize = batch,
        Dimensions = dimensions,
        QueryPrefix = "query: ",
        DocumentPrefix = "passage: ",
        Retries = retries,
        Timeout = timeout ?? TimeSpan.FromSeconds(20),
    });
}
