using System.Text;
using Agent.Testing;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

public sealed class AuthenticationTests
{
    private const string Credentials = "{ client_credentials: { token_url: '{server}/token', client_id: shop, client_secret: '${TOKEN}', scope: read } }";

    private static readonly byte[] Unauthorized = LocalHttpServer.Json("""{"error":"no"}""", 401);

    private static Task<HttpToolFixture> StartAsync(string auth, Func<ReceivedRequest, byte[]?>? answer = null, TimeProvider? clock = null, string options = "") =>
        HttpToolFixture.StartAsync($"url: '{{server}}/x'\nauth: {auth}\n{options}", answer, parameters: string.Empty, required: string.Empty, timeProvider: clock);

    /// <summary>A server that gives the tokens t0000, t0001, ... and takes the latest only.</summary>
    private static Func<ReceivedRequest, byte[]?> TokenServer(string lifetime = "\"expires_in\":3600", Func<string, bool>? accepts = null)
    {
        var count = -1;
        return request => request.Target == "/token"
            ? LocalHttpServer.Json($$"""{"access_token":"t{{Interlocked.Increment(ref count):d4}}","token_type":"bearer",{{lifetime}}}""")
            : accepts?.Invoke(request.Headers["Authorization"]) == false ? Unauthorized : LocalHttpServer.Json("""{"ok":true}""");
    }

    private static string[] Targets(HttpToolFixture fixture) => [.. fixture.Server.Requests.Select(request => request.Target)];

    [Theory]
    [InlineData("{ bearer: '${TOKEN}' }", "Bearer " + HttpToolFixture.Secret)]
    [InlineData("{ basic: { user: shop, password: '${PASSWORD}' } }", "Basic c2hvcDpwYXNzIHfDtnJkOjE=")]
    public async Task A_fixed_value_goes_with_every_request_and_never_into_a_result(string auth, string expected)
    {
        await using var fixture = await StartAsync(auth, request => LocalHttpServer.Json($$"""{"you":{{System.Text.Json.JsonSerializer.Serialize(request.Headers["Authorization"])}}}"""));
        var result = await fixture.CallAsync("{}");
        Assert.Equal(expected, fixture.Server.Requests.Single().Headers["Authorization"]);
        Assert.Equal($$"""{"you":"{{expected.Split(' ')[0]}} ***"}""", result);
    }

    [Theory]
    [InlineData("{ bearer: abc }", "\"bearer\" does not come from the environment in tool \"call\". Write bearer: ${NAME} and set the variable NAME.")]
    [InlineData("{ bearer: 'x${TOKEN}' }", "\"bearer\" does not come from the environment in tool \"call\". Write bearer: ${NAME} and set the variable NAME.")]
    [InlineData("{ bearer: '${PASSWORD}' }", "the token of \"bearer\" has a space or a character outside ASCII in tool \"call\". Set the variable to the token alone.")]
    [InlineData("{ bearer: '${NOPE}' }", "environment variable NOPE is not set. Set NOPE before starting, or remove ${NOPE}.")]
    [InlineData("{ basic: { user: a, password: b } }", "\"password\" does not come from the environment in tool \"call\". Write password: ${NAME} and set the variable NAME.")]
    [InlineData("{ basic: { user: 'a:b', password: '${TOKEN}' } }", "the user of \"basic\" holds a colon, which ends a user name in tool \"call\". Give the user name alone.")]
    [InlineData("{ bearer: '${TOKEN}', basic: { user: a, password: '${TOKEN}' } }", "\"auth\" does not hold exactly one form in tool \"call\". Write bearer, basic or client_credentials.")]
    [InlineData("{ }", "\"auth\" does not hold exactly one form in tool \"call\". Write bearer, basic or client_credentials.")]
    [InlineData("{ client_credentials: { token_url: 'ftp://a.example/', client_id: a, client_secret: '${TOKEN}' } }", "\"token_url\" is no https URL in tool \"call\". Write it like https://login.example.com/oauth2/token; http is for private networks that the tool may reach.")]
    [InlineData("{ client_credentials: { token_url: 'https://a.example/', client_id: a, client_secret: b } }", "\"client_secret\" does not come from the environment in tool \"call\". Write client_secret: ${NAME} and set the variable NAME.")]
    [InlineData("{ bearer: '${TOKEN}' }\nheaders: { authorization: a }", "\"auth\" and the header \"Authorization\" stand side by side in tool \"call\". Keep one of the two.")]
    public async Task What_is_wrong_is_told_at_start(string auth, string message)
    {
        var exception = await Assert.ThrowsAsync<Agent.Tools.Registry.ToolsFileException>(() => StartAsync(auth));
        Assert.EndsWith(message, Assert.Single(exception.Message.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_do_not_travel_in_the_open()
    {
        var lines = await new Agent.Tools.Registry.ToolRegistryBuilder { Environment = _ => "token" }
            .AddText("version: 1\ntools: [{name: call, description: d, kind: http, options: {url: 'http://a.example/', auth: {bearer: '${T}'}}}]", "x.yaml")
            .ProblemsAsync();
        Assert.Equal(["x.yaml:2:65: \"auth\" would be sent over http, where anyone on the way can read it in tool \"call\". Use https."], lines);
    }

    [Fact]
    public async Task A_token_is_fetched_once_and_kept_until_shortly_before_it_expires()
    {
        var clock = new ManualTimeProvider();
        await using var fixture = await StartAsync(Credentials, TokenServer(), clock);
        await fixture.CallAsync("{}");
        clock.SetUtcNow(clock.GetUtcNow().AddSeconds(3_569));
        await fixture.CallAsync("{}");
        Assert.Equal(["/token", "/x", "/x"], Targets(fixture));
        clock.SetUtcNow(clock.GetUtcNow().AddSeconds(1));
        await fixture.CallAsync("{}");
        Assert.Equal(["/token", "/x", "/x", "/token", "/x"], Targets(fixture));
        Assert.Equal("Bearer t0001", fixture.Server.Requests.Last().Headers["Authorization"]);

        var token = fixture.Server.Requests.First();
        Assert.Equal(("POST", "grant_type=client_credentials&scope=read"), (token.Method, token.Body));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("shop:s3cr3t%2Bto%2Fken%3D%22x")), token.Headers["Authorization"]);
    }

    [Theory]
    [InlineData("\"expires_in\":\"3600\"", 3_569, 1)]
    [InlineData("\"scope\":\"read\"", 269, 1)]
    [InlineData("\"expires_in\":10", 8, 1)]
    [InlineData("\"expires_in\":10", 9, 2)]
    [InlineData("\"expires_in\":-5", 0, 2)]
    [InlineData("\"expires_in\":1e300", 86_000, 1)]
    [InlineData("\"expires_in\":null", 269, 1)]
    public async Task Any_lifetime_is_read_safely(string lifetime, int seconds, int fetches)
    {
        var clock = new ManualTimeProvider();
        await using var fixture = await StartAsync(Credentials, TokenServer(lifetime), clock);
        await fixture.CallAsync("{}");
        clock.SetUtcNow(clock.GetUtcNow().AddSeconds(seconds));
        await fixture.CallAsync("{}");
        Assert.Equal(fetches, Targets(fixture).Count(target => target == "/token"));
    }

    [Fact]
    public async Task Credentials_go_into_the_body_where_that_is_asked_for()
    {
        await using var fixture = await StartAsync(Credentials.Replace("scope: read", "credentials_in: body", StringComparison.Ordinal), TokenServer());
        await fixture.CallAsync("{}");
        var token = fixture.Server.Requests.First();
        Assert.Equal("grant_type=client_credentials&client_id=shop&client_secret=s3cr3t%2Bto%2Fken%3D%22x", token.Body);
        Assert.False(token.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Many_calls_at_once_fetch_one_token()
    {
        await using var fixture = await StartAsync(Credentials, TokenServer());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.CallAsync("{}")));
        Assert.Single(Targets(fixture), "/token");
        Assert.Equal(8, Targets(fixture).Count(target => target == "/x"));
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_request_repeated()
    {
        await using var fixture = await StartAsync(Credentials, TokenServer(accepts: value => value != "Bearer t0000"));
        Assert.Equal("""{"ok":true}""", await fixture.CallAsync("{}"));
        Assert.Equal(["/token", "/x", "/token", "/x"], Targets(fixture));
    }

    [Fact]
    public async Task Calls_that_are_refused_together_renew_one_token()
    {
        await using var fixture = await StartAsync(Credentials, TokenServer(accepts: value => value != "Bearer t0000"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.CallAsync("{}")));
        Assert.Equal(2, Targets(fixture).Count(target => target == "/token"));
    }

    [Fact]
    public async Task A_server_that_refuses_every_token_is_asked_twice_only()
    {
        await using var fixture = await StartAsync(Credentials, TokenServer(accepts: _ => false));
        Assert.Equal("127.0.0.1 answered HTTP 401 Unauthorized: {\"error\":\"no\"}", await fixture.FailAsync("{}"));
        Assert.Equal(["/token", "/x", "/token", "/x"], Targets(fixture));
    }

    [Fact]
    public async Task A_fixed_token_is_not_repeated()
    {
        await using var fixture = await StartAsync("{ bearer: '${TOKEN}' }", _ => Unauthorized);
        await fixture.FailAsync("{}");
        Assert.Single(fixture.Server.Requests);
    }

    [Theory]
    [InlineData(401, "{\"error\":\"invalid_client: s3cr3t+to/ken\"}", "the token server 127.0.0.1 refused the client credentials of this tool (HTTP 401)")]
    [InlineData(302, "", "the token server 127.0.0.1 refused the client credentials of this tool (HTTP 302)")]
    [InlineData(503, "", "the token server 127.0.0.1 answered HTTP 503")]
    [InlineData(200, "nonsense", "the token server 127.0.0.1 gave no bearer token")]
    [InlineData(200, "[]", "the token server 127.0.0.1 gave no bearer token")]
    [InlineData(200, "{\"access_token\":5}", "the token server 127.0.0.1 gave no bearer token")]
    [InlineData(200, "{\"access_token\":\"a\\r\\nX-Evil: 1\"}", "the token server 127.0.0.1 gave no bearer token")]
    [InlineData(200, "{\"access_token\":\"abcd\",\"token_type\":\"mac\"}", "the token server 127.0.0.1 gave no bearer token")]
    public async Task A_token_server_that_fails_is_named_and_never_quoted(int status, string body, string message)
    {
        await using var fixture = await StartAsync(Credentials, _ => LocalHttpServer.Json(body, status));
        Assert.Equal(message, await fixture.FailAsync("{}"));
        Assert.DoesNotContain(fixture.Log.Lines, line => line.Contains("s3cr3t", StringComparison.Ordinal));
        Assert.DoesNotContain("/x", Targets(fixture));
    }

    [Fact]
    public async Task A_fetched_token_is_masked_in_results_and_logs()
    {
        await using var fixture = await StartAsync(Credentials, request => request.Target == "/token" ? TokenServer()(request) : LocalHttpServer.Json("""{"echo":"t0000"}"""));
        Assert.Equal("""{"echo":"***"}""", await fixture.CallAsync("{}"));
        Assert.DoesNotContain(fixture.Log.Lines, line => line.Contains("t0000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_not_sent_to_another_server()
    {
        await using var other = new LocalHttpServer(_ => Unauthorized);
        await using var fixture = await StartAsync(
            Credentials,
            request => request.Target == "/token" ? TokenServer()(request) : LocalHttpServer.Redirect(302, $"{other.Url}/y"),
            options: "follow_redirects: true");
        await fixture.FailAsync("{}");
        Assert.False(Assert.Single(other.Requests).Headers.ContainsKey("Authorization"));
        Assert.Equal(["/token", "/x"], Targets(fixture));
    }
}
