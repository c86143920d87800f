using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

public sealed class RedirectTests
{
    private static Task<HttpToolFixture> StartAsync(string options, Func<ReceivedRequest, byte[]?> answer) =>
        HttpToolFixture.StartAsync($"url: '{{server}}/0'\nheaders: {{ Authorization: 'Bearer ${{TOKEN}}', X-Key: k }}\n{options}", answer, parameters: string.Empty, required: string.Empty);

    private static byte[] Chain(ReceivedRequest request, int end)
    {
        var number = int.Parse(request.Target[1..]);
        return number < end ? LocalHttpServer.Redirect(302, $"/{number + 1}") : LocalHttpServer.Json("""{"ok":true}""");
    }

    [Fact]
    public async Task Redirects_are_not_followed_unless_asked_for()
    {
        await using var fixture = await StartAsync(string.Empty, request => Chain(request, 1));
        Assert.Equal("127.0.0.1 answered HTTP 302 and redirects, which this tool does not follow", await fixture.FailAsync("{}"));
        Assert.Single(fixture.Server.Requests);
    }

    [Fact]
    public async Task At_most_three_are_followed()
    {
        await using var three = await StartAsync("follow_redirects: true", request => Chain(request, 3));
        Assert.Equal("""{"ok":true}""", await three.CallAsync("{}"));
        Assert.All(three.Server.Requests, request => Assert.Equal("k", request.Headers["X-Key"]));
        await using var four = await StartAsync("follow_redirects: true", request => Chain(request, 4));
        Assert.Equal("127.0.0.1 answered HTTP 302 and redirects more than 3 times", await four.FailAsync("{}"));
        Assert.Equal(4, four.Server.Requests.Count);
    }

    [Fact]
    public async Task Another_server_never_sees_the_headers()
    {
        await using var other = new LocalHttpServer(_ => LocalHttpServer.Json("""{"ok":true}"""));
        await using var fixture = await StartAsync("follow_redirects: true", _ => LocalHttpServer.Redirect(302, $"{other.Url}/x"));
        Assert.Equal("""{"ok":true}""", await fixture.CallAsync("{}"));
        var request = Assert.Single(other.Requests);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        Assert.False(request.Headers.ContainsKey("X-Key"));
        Assert.False(request.Headers.ContainsKey("Referer"));
    }

    [Fact]
    public async Task Coming_back_does_not_bring_the_headers_back()
    {
        LocalHttpServer? first = null;
        await using var other = new LocalHttpServer(_ => LocalHttpServer.Redirect(302, $"{first!.Url}/9"));
        await using var fixture = await StartAsync("follow_redirects: true", request => request.Target == "/9" ? LocalHttpServer.Json("{}") : LocalHttpServer.Redirect(302, $"{other.Url}/x"));
        first = fixture.Server;
        await fixture.CallAsync("{}");
        Assert.False(fixture.Server.Requests.Last().Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    [InlineData("http://user:pw@127.0.0.1/")]
    [InlineData("javascript:alert(1)")]
    public async Task Only_http_URLs_are_followed(string location)
    {
        await using var fixture = await StartAsync("follow_redirects: true", _ => LocalHttpServer.Redirect(301, location));
        Assert.Equal("127.0.0.1 answered HTTP 301 and redirects to a place that is no http or https URL", await fixture.FailAsync("{}"));
        Assert.Single(fixture.Server.Requests);
    }

    [Theory]
    [InlineData(301, "GET", "")]
    [InlineData(302, "GET", "")]
    [InlineData(303, "GET", "")]
    [InlineData(307, "POST", """{"a":1}""")]
    [InlineData(308, "POST", """{"a":1}""")]
    public async Task Method_and_body_follow_the_status(int status, string method, string body)
    {
        await using var fixture = await StartAsync(
            "follow_redirects: true\nmethod: POST\nbody: { a: 1 }",
            request => request.Target == "/0" ? LocalHttpServer.Redirect(status, "/1") : LocalHttpServer.Json("{}"));
        await fixture.CallAsync("{}");
        Assert.Equal((method, body), (fixture.Server.Requests.Last().Method, fixture.Server.Requests.Last().Body));
    }

    [Fact]
    public async Task A_body_never_goes_to_another_server()
    {
        await using var other = new LocalHttpServer(_ => LocalHttpServer.Json("{}"));
        await using var fixture = await StartAsync("follow_redirects: true\nmethod: POST\nbody: { a: 1 }", _ => LocalHttpServer.Redirect(307, $"{other.Url}/x"));
        Assert.Equal("127.0.0.1 answered HTTP 307 and redirects a request with a body to another server, which is not followed", await fixture.FailAsync("{}"));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task The_target_of_a_redirect_is_checked_as_the_first_address_was()
    {
        await using var server = new LocalHttpServer(_ => LocalHttpServer.Json("{}"));
        await using var registry = await new ToolRegistryBuilder { CreateHttpHandler = allowed => new FirstHop(GuardedHttpHandler.Create(allowed), $"{server.Url}/inside") }
            .AddText(
                "version: 1\ntools: [{name: call, description: d, kind: http, options: {url: 'http://public.example/x', follow_redirects: true}}]",
                "x.yaml")
            .BuildAsync();
        Assert.StartsWith("127.0.0.1 leads to an address that is not public", await registry.FailAsync("call"), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_secure_request_is_not_redirected_to_an_open_one()
    {
        await using var registry = await new ToolRegistryBuilder { CreateHttpHandler = allowed => new FirstHop(GuardedHttpHandler.Create(allowed), "http://public.example/y") }
            .AddText("version: 1\ntools: [{name: call, description: d, kind: http, options: {url: 'https://public.example/x', follow_redirects: true}}]", "x.yaml")
            .BuildAsync();
        Assert.Equal("public.example answered HTTP 302 and redirects from https to http, which is not followed", await registry.FailAsync("call"));
    }

    /// <summary>Stands for a public server that redirects; everything else goes to the real handler.</summary>
    private sealed class FirstHop(HttpMessageHandler inner, string location) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath == "/x"
                ? Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.Found) { Headers = { Location = new Uri(location) } })
                : base.SendAsync(request, cancellationToken);
    }
}
