using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Registry.Schema;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Documentation;

/// <summary>docs/tools.md: its files are loaded, its calls are made, and every key stands in it.</summary>
public sealed partial class ToolsPageTests
{
    private static string Page => File.ReadAllText(Repository.Locate("docs", "tools.md"));

    [Fact]
    public async Task Every_call_of_the_page_gives_what_the_page_says()
    {
        var calls = 0;
        foreach (var section in Page.Split("```yaml\n").Skip(1))
        {
            var yaml = section.Split("\n```")[0];
            await using var registry = await Builder(yaml).BuildAsync();
            foreach (Match call in Call().Matches(section))
            {
                Assert.Equal(call.Groups["result"].Value, await registry.CallAsync(call.Groups["name"].Value, call.Groups["arguments"].Value));
                calls++;
            }
        }

        Assert.Equal(8, calls);
    }

    [Fact]
    public async Task What_the_first_example_says_of_approval_holds()
    {
        await using var registry = await Builder(Page.Split("```yaml\n")[1].Split("\n```")[0]).BuildAsync();
        var refund = Assert.Single(registry.Tools);

        Assert.Equal(
            [false, true, true],
            ((string[])["""{"order":"TEST-7","amount":100}""", """{"order":"TEST-7","amount":101}""", """{"order":"A7","amount":1}"""]).Select(arguments => refund.RequiresApproval(JsonElement.Parse(arguments))));
        Assert.Equal((TimeSpan.FromSeconds(8), 30, 2), (refund.Limits.Timeout, refund.Limits.RatePerMinute, refund.Limits.CallsPerTurn));
        Assert.Equal("[order_token]", registry.Mask.Mask("tok_abcdefghij012345"));
    }

    [Fact]
    public void Every_key_of_the_file_stands_in_the_page()
    {
        var keys = Keys(JsonElement.Parse(ToolsFileSchema.Write([]))).Concat(Keys(KindSchema.Load("http"))).Concat(Keys(KindSchema.Load("openapi")))
            .Concat(Keys(KindSchema.Load("weather"))).Concat(Keys(KindSchema.Load("function")));

        Assert.Equal([], keys.Distinct().Where(key => !Page.Contains($"`{key}`", StringComparison.Ordinal) && !Page.Contains($"{key}:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_kind_has_its_place() => Assert.All(ToolKinds.Default, kind => Assert.Contains($"| `{kind.Name}` |", Page, StringComparison.Ordinal));

    private static ToolRegistryBuilder Builder(string yaml) => new ToolRegistryBuilder
    {
        // The climate table goes by the month.
        TimeProvider = new ManualTimeProvider(),
        Environment = name => $"secret-{name}",
        CreateHttpHandler = _ => new Services(),
    }
        .Register("add", (int a, int b) => a + b)
        .AddText(yaml, Repository.Locate("docs", "tools.md"));

    private static IEnumerable<string> Keys(JsonElement schema)
    {
        foreach (var property in schema.ValueKind == JsonValueKind.Object ? schema.EnumerateObject() : default)
        {
            if (property.NameEquals("properties"))
            {
                foreach (var key in property.Value.EnumerateObject())
                {
                    yield return key.Name;
                }
            }

            foreach (var key in Keys(property.Value))
            {
                // What stands under "parameters" is JSON Schema's own.
                if (key is not ("type" or "properties" or "required" or "additionalProperties"))
                {
                    yield return key;
                }
            }
        }
    }

    [GeneratedRegex("\\$ agent tools call (?<name>\\S+) --args '(?<arguments>.*)'\n    (?<result>.*)\n", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Call();

    /// <summary>The services that the page speaks of; whatever a request lacks is a failure.</summary>
    private sealed class Services : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!;
            var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
            var authorization = $"{request.Headers.Authorization}";
            return (request.Method.Method, url.Host, url.PathAndQuery, body, authorization) switch
            {
                ("POST", "shop.example.com", "/orders/TEST-7/refunds", """{"amount":5}""", "") => Json("""{"refunded":5}"""),
                ("GET", "shop.example.com", "/orders/A%2F7", "", "Bearer secret-SHOP_TOKEN") when request.Headers.Contains("X-Client") =>
                    Json("""{"order":{"id":"A/7","status":"paid"},"internal":1}"""),
                ("POST", "login.example.com", "/oauth2/token", "grant_type=client_credentials&scope=catalogue", _) when authorization.StartsWith("Basic ", StringComparison.Ordinal) =>
                    Json("""{"access_token":"t1","token_type":"bearer","expires_in":3600}"""),
                ("GET", "shop.example.com", "/products?q=tea%20%26%20cups", "", "Bearer t1") => Json("""{"items":[{"name":"tea & cups"}],"next":"/products?page=2"}"""),
                ("GET", "shop.example.com", "/products?page=2", "", "Bearer t1") => Json("""{"items":[{"name":"second page"}]}"""),
                ("POST", "shop.example.com", "/newsletter", "address=a%40example.com", _) when authorization.StartsWith("Basic ", StringComparison.Ordinal) =>
                    new HttpResponseMessage(HttpStatusCode.NoContent),
                ("GET", "parcels.example.com", "/v1/parcels/P7", "", "") when request.Headers.Contains("X-Key") => Json("""{"id":"P7","place":"Guangzhou"}"""),
                ("GET", "parcels.example.com", "/v1/parcels?day=2026-11-21", "", "") => Json("""{"items":[{"id":"P7"}]}"""),
                (_, var host, _, _, _) when host.EndsWith("open-meteo.com", StringComparison.Ordinal) => throw new HttpRequestException("offline"),
                var other => throw new InvalidOperationException($"Nobody answers {other}."),
            };
        }

        private static HttpResponseMessage Json(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}
