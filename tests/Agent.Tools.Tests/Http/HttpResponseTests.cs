using System.IO.Compression;
using System.Text;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

public sealed class HttpResponseTests
{
    private static Task<HttpToolFixture> StartAsync(byte[]? response, string options = "", string limits = "{ retries: 0 }") =>
        HttpToolFixture.StartAsync($"url: '{{server}}/x'\n{options}", _ => response, parameters: string.Empty, required: string.Empty, limits: limits);

    [Theory]
    [InlineData("application/json", "{\"a\":1.0,\"b\":\"广州\"}", "", "{\"a\":1.0,\"b\":\"广州\"}")]
    [InlineData("application/problem+json", "[1]", "", "[1]")]
    [InlineData("application/json", "{\"data\":{\"items\":[{\"a\":1}]}}", "select: /data/items/0", "{\"a\":1}")]
    [InlineData("text/plain; charset=utf-8", "hello", "", "hello")]
    [InlineData("text/plain", "{\"a\":2}", "select: /a", "2")]
    [InlineData(null, "plain", "", "plain")]
    [InlineData("application/json", "", "", "done (HTTP 200, no content)")]
    public async Task JSON_and_text_become_results(string? type, string body, string options, string result)
    {
        await using var fixture = await StartAsync(LocalHttpServer.Response(200, type, Encoding.UTF8.GetBytes(body)), options);
        Assert.Equal(result, await fixture.CallAsync("{}"));
    }

    [Fact]
    public async Task The_character_set_of_the_answer_is_obeyed()
    {
        var gbk = CodePagesEncodingProvider.Instance.GetEncoding("gbk")!;
        await using var fixture = await StartAsync(LocalHttpServer.Response(200, "application/json; charset=GBK", gbk.GetBytes("""{"city":"广州"}""")));
        Assert.Equal("""{"city":"广州"}""", await fixture.CallAsync("{}"));
    }

    [Theory]
    [InlineData("application/json", "nonsense", "", "127.0.0.1 answered with text that is not valid JSON")]
    [InlineData("application/json", "{\"a\":1}", "select: /b", "the answer of 127.0.0.1 has nothing at /b")]
    [InlineData("image/png", "x", "", "127.0.0.1 answered with image/png; only JSON and text can be used")]
    public async Task Other_contents_are_refused(string type, string body, string options, string message)
    {
        await using var fixture = await StartAsync(LocalHttpServer.Response(200, type, Encoding.UTF8.GetBytes(body)), options);
        Assert.Equal(message, await fixture.FailAsync("{}"));
    }

    [Theory]
    [InlineData(404, "text/plain", "no such\r\n\torder\u001b[31m", "127.0.0.1 answered HTTP 404 NotFound: no such order [31m", false)]
    [InlineData(400, "image/png", "x", "127.0.0.1 answered HTTP 400 BadRequest", false)]
    [InlineData(499, null, "", "127.0.0.1 answered HTTP 499", false)]
    [InlineData(503, "application/json", "{\"error\":\"busy\"}", "127.0.0.1 answered HTTP 503 ServiceUnavailable: {\"error\":\"busy\"}", true)]
    [InlineData(429, null, "", "127.0.0.1 answered HTTP 429 TooManyRequests", true)]
    public async Task A_failed_status_is_told_with_a_short_excerpt(int status, string? type, string body, string message, bool isTransient)
    {
        await using var fixture = await StartAsync(LocalHttpServer.Response(status, type, Encoding.UTF8.GetBytes(body)));
        var exception = await Assert.ThrowsAnyAsync<ToolException>(() => fixture.CallAsync("{}"));
        Assert.Equal(message, exception.Message);
        Assert.Equal(isTransient, exception is TransientToolException);
    }

    [Fact]
    public async Task An_excerpt_is_at_most_200_characters()
    {
        await using var fixture = await StartAsync(LocalHttpServer.Response(400, "text/plain", Encoding.UTF8.GetBytes(new string('x', 100_000))));
        Assert.Equal($"127.0.0.1 answered HTTP 400 BadRequest: {new string('x', 200)}...", await fixture.FailAsync("{}"));
    }

    [Theory]
    [InlineData(2_000, true)]
    [InlineData(2_001, false)]
    public async Task No_more_is_read_than_allowed(int size, bool isAllowed)
    {
        await using var fixture = await StartAsync(LocalHttpServer.Response(200, "text/plain", Encoding.ASCII.GetBytes(new string('x', size))), "max_response_bytes: 2000");
        if (isAllowed)
        {
            Assert.Equal(size, (await fixture.CallAsync("{}")).Length);
        }
        else
        {
            Assert.Equal("the answer of 127.0.0.1 is longer than 2000 bytes; ask for less", await fixture.FailAsync("{}"));
        }
    }

    [Fact]
    public async Task A_compressed_bomb_is_stopped_at_the_limit()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[50_000_000]);
        }

        await using var fixture = await StartAsync(LocalHttpServer.Response(200, "text/plain", packed.ToArray(), "Content-Encoding: gzip"));
        Assert.Equal("the answer of 127.0.0.1 is longer than 1048576 bytes; ask for less", await fixture.FailAsync("{}"));
    }

    [Fact]
    public async Task Broken_compression_and_broken_connections_are_told()
    {
        await using var gzip = await StartAsync(LocalHttpServer.Response(200, "text/plain", Encoding.ASCII.GetBytes("not gzip at all"), "Content-Encoding: gzip"));
        Assert.Equal("127.0.0.1 answered with data that cannot be decompressed", await gzip.FailAsync("{}"));
        await using var cut = await StartAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nshort"));
        Assert.Equal("the connection to 127.0.0.1 broke before the answer was complete", await cut.FailAsync("{}"));
        await using var noise = await StartAsync(Encoding.ASCII.GetBytes("this is not HTTP\r\n\r\n"));
        Assert.Equal("127.0.0.1 could not be reached: its answer is not valid HTTP", await noise.FailAsync("{}"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var fixture = await StartAsync([]);
        await fixture.Server.DisposeAsync();
        Assert.Equal("127.0.0.1 could not be reached: the connection failed", await fixture.FailAsync("{}"));
        await fixture.Registry.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_never_answers_is_timed_out()
    {
        await using var fixture = await StartAsync(null, limits: "{ timeout: 50ms, retries: 0 }");
        Assert.Equal("call timed out after 50 ms", await fixture.FailAsync("{}"));
    }

    [Fact]
    public async Task A_failure_that_passes_is_mended_by_a_retry()
    {
        var calls = 0;
        await using var fixture = await HttpToolFixture.StartAsync(
            "url: '{server}/x'",
            _ => Interlocked.Increment(ref calls) == 1 ? LocalHttpServer.Json("{}", 503) : LocalHttpServer.Json("""{"ok":true}"""),
            parameters: string.Empty,
            required: string.Empty,
            limits: "{ retries: 2 }");
        Assert.Equal("""{"ok":true}""", await fixture.CallAsync("{}"));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_private_address_is_refused_with_the_way_to_allow_it()
    {
        await using var server = new LocalHttpServer(_ => LocalHttpServer.Json("{}"));
        using var log = new CapturingLoggerFactory();
        await using var registry = await new ToolRegistryBuilder { LoggerFactory = log }
            .AddText($"version: 1\ntools: [{{name: call, description: d, kind: http, options: {{url: \"{server.Url}/x\"}}}}]", "x.yaml")
            .BuildAsync();
        Assert.Equal(
            "127.0.0.1 leads to an address that is not public; set \"allow_private_network: true\" in the tool's options if that is meant",
            await registry.FailAsync("call"));
        Assert.Empty(server.Requests);
        Assert.Contains(log.Lines, line => line.StartsWith("Warning: Tool call: connection refused, 127.0.0.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "application/json")]
    [InlineData(200, "text/plain")]
    [InlineData(200, "application/octet-stream")]
    [InlineData(400, "text/plain")]
    [InlineData(500, "application/json")]
    [InlineData(302, "text/plain")]
    public async Task A_secret_never_comes_back_in_results_messages_or_logs(int status, string type)
    {
        await using var fixture = await HttpToolFixture.StartAsync(
            "url: '{server}/x?key=${TOKEN}'\nheaders: { Authorization: 'Bearer ${TOKEN}' }",
            request => LocalHttpServer.Response(
                status,
                type,
                Encoding.UTF8.GetBytes($$"""{"target":"{{request.Target}}","header":"{{request.Headers["Authorization"].Replace("\"", "\\\"", StringComparison.Ordinal)}}"}"""),
                $"Location: /y?{request.Target}"),
            parameters: string.Empty,
            required: string.Empty);
        string text;
        try
        {
            text = await fixture.CallAsync("{}");
            Assert.Contains("***", text, StringComparison.Ordinal);
        }
        catch (ToolException exception)
        {
            text = exception.ToString();
        }

        Assert.Equal($"Bearer {HttpToolFixture.Secret}", fixture.Server.Requests.Single().Headers["Authorization"]);
        foreach (var line in fixture.Log.Lines.Append(text))
        {
            Assert.DoesNotContain("s3cr3t", line, StringComparison.Ordinal);
        }
    }
}
