using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.OpenApi;

public sealed class OpenApiToolTests
{
    private const string Shop = "document: petshop-3.0.json\nserver: '{server}/v1/'\n";
    private const string Orders = "document: orders-3.1.yaml\nserver: '{server}/api'\n";

    private const string PetId = """{"description":"Number of the pet","type":"integer","minimum":1,"maximum":999}""";

    [Theory]
    [InlineData(Shop, "list pets", "list_pets", "List the pets. Newest first; at most 100.", """{"type":"object","properties":{"tags":{"type":"array","items":{"type":"string"}},"ids":{"type":"array","items":{"type":"integer"}},"limit":{"description":"How many","type":"integer","maximum":2147483647,"exclusiveMinimum":0,"default":20},"api_key":{"type":"string"}},"required":[],"additionalProperties":false}""")]
    [InlineData(Shop, "addPet", "addPet", "POST /pets", """{"type":"object","properties":{"body":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1},"tag":{"type":"string","nullable":true},"owner":{"type":"object","properties":{"name":{"type":"string"}}}}}},"required":["body"],"additionalProperties":false}""")]
    [InlineData(Shop, "getPet", "getPet", "Get a pet", $$$"""{"type":"object","properties":{"petId":{{{PetId}}},"X-Trace":{"type":"string"}},"required":["petId"],"additionalProperties":false}""")]
    [InlineData(Orders, "POST /orders:search", "post_orders_search", "查询订单", """{"type":"object","properties":{"body":{"description":"What to look for","type":"object","properties":{"status":{"allOf":[{"type":"string","enum":["open","paid","sent"]}],"description":"Only these","default":"open"},"customer":{"type":["string","null"]},"from":{"description":"First day","type":"string","format":"date"}},"additionalProperties":false}},"required":[],"additionalProperties":false}""")]
    [InlineData(Orders, "orders.getLine", "orders_getLine", "GET /orders/{id}/lines/{line}", """{"type":"object","properties":{"id":{"type":"string"},"line":{"type":"integer"},"query_id":{"type":"string"},"body":{"type":"boolean"}},"required":["id","line"],"additionalProperties":false}""")]
    public async Task An_operation_becomes_a_tool(string document, string operation, string name, string description, string schema)
    {
        await using var fixture = await OpenApiFixture.StartAsync($"{document}operations: ['{operation}']");
        var tool = Assert.Single(fixture.Registry.Tools);
        Assert.Equal((name, description), (tool.Name, tool.Description));
        Assert.Equal(schema, tool.JsonSchema.GetRawText());
    }

    [Theory]
    [InlineData(Shop, "list pets", """{"tags":["a b","c"],"ids":[1,2]}""", "GET", "/v1/pets?tags=a%20b&tags=c&ids=1,2&limit=20", "")]
    [InlineData(Shop, "addPet", """{"body":{"name":"咪咪","tag":null}}""", "POST", "/v1/pets", """{"name":"咪咪","tag":null}""")]
    [InlineData(Shop, "deletePet", """{"petId":7}""", "DELETE", "/v1/pets/7", "")]
    [InlineData(Orders, "POST /orders:search", """{"body":{"status":"paid"}}""", "POST", "/api/orders:search", """{"status":"paid"}""")]
    [InlineData(Orders, "POST /orders:search", "{}", "POST", "/api/orders:search", "")]
    [InlineData(Orders, "orders.getLine", """{"id":"a/b?c","line":2,"query_id":"x&y","body":true}""", "GET", "/api/orders/a%2Fb%3Fc/lines/2?id=x%26y&body=true", "")]
    public async Task A_call_becomes_the_request(string document, string operation, string arguments, string method, string target, string body)
    {
        await using var fixture = await OpenApiFixture.StartAsync($"{document}operations: ['{operation}']");
        await fixture.Registry.CallAsync(fixture.Registry.Tools[0].Name, arguments);
        var request = Assert.Single(fixture.Server.Requests);
        Assert.Equal((method, target, body), (request.Method, request.Target, request.Body));
        Assert.Equal(body.Length > 0, request.Headers.ContainsKey("Content-Type"));
    }

    [Theory]
    [InlineData("""{"petId":0}""", "Invalid arguments for getPet: \"petId\" must be")]
    [InlineData("""{"petId":1,"other":2}""", "Invalid arguments for getPet:")]
    [InlineData("""{"petId":1,"X-Trace":"a\r\nX-Evil: 1"}""", "The argument X-Trace must be one line of ASCII characters.")]
    public async Task Arguments_are_checked_before_any_request(string arguments, string message)
    {
        await using var fixture = await OpenApiFixture.StartAsync($"{Shop}operations: [getPet]");
        Assert.StartsWith(message, await fixture.Registry.FailAsync("getPet", arguments), StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Requests);
    }

    [Fact]
    public async Task What_the_file_gives_is_sent_and_is_not_for_the_model()
    {
        await using var fixture = await OpenApiFixture.StartAsync(
            $"{Shop}operations: ['list pets', {{ operation: getPet, select: /data }}]\nprefix: shop_\nheaders: {{ x-trace: fixed }}\nquery: {{ api_key: '${{TOKEN}}' }}\nauth: {{ bearer: '${{TOKEN}}' }}");
        Assert.Equal(["shop_list_pets", "shop_getPet"], fixture.Registry.Tools.Select(tool => tool.Name));
        Assert.DoesNotContain(fixture.Registry.Tools, tool => tool.JsonSchema.GetRawText().Contains("api_key", StringComparison.Ordinal) || tool.JsonSchema.GetRawText().Contains("X-Trace", StringComparison.Ordinal));

        Assert.Equal("""{"ok":true}""", await fixture.Registry.CallAsync("shop_getPet", """{"petId":3}"""));
        var request = fixture.Server.Requests.Single();
        Assert.Equal(("/v1/pets/3?api_key=s3cr3t-token", "fixed", "Bearer s3cr3t-token"), (request.Target, request.Headers["X-Trace"], request.Headers["Authorization"]));
    }

    [Fact]
    public async Task Pages_of_an_operation_are_followed()
    {
        await using var fixture = await OpenApiFixture.StartAsync(
            $"{Shop}operations: [{{ operation: 'list pets', pagination: {{ next: /next, items: /data }} }}]",
            request => LocalHttpServer.Json(request.Target.Contains("after", StringComparison.Ordinal) ? """{"data":[2]}""" : """{"data":[1],"next":"?after=1"}"""));
        Assert.Equal("""{"items":[1,2]}""", await fixture.Registry.CallAsync("list_pets"));
    }

    [Fact]
    public async Task Client_credentials_are_shared_by_the_tools_of_a_document()
    {
        await using var fixture = await OpenApiFixture.StartAsync(
            $"{Shop}operations: ['list pets', getPet]\nauth: {{ client_credentials: {{ token_url: '{{server}}/token', client_id: a, client_secret: '${{TOKEN}}' }} }}",
            request => LocalHttpServer.Json(request.Target == "/token" ? """{"access_token":"t0001"}""" : "{}"));
        await fixture.Registry.CallAsync("list_pets");
        await fixture.Registry.CallAsync("getPet", """{"petId":3}""");
        Assert.Equal(["/token", "/v1/pets?limit=20", "/v1/pets/3"], fixture.Server.Requests.Select(request => request.Target));
        Assert.Equal("Bearer t0001", fixture.Server.Requests.Last().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_header_parameter_is_sent()
    {
        await using var fixture = await OpenApiFixture.StartAsync($"{Shop}operations: [getPet]");
        await fixture.Registry.CallAsync("getPet", """{"petId":3,"X-Trace":"t1"}""");
        Assert.Equal("t1", fixture.Server.Requests.Single().Headers["X-Trace"]);
    }

    [Fact]
    public async Task All_takes_what_only_reads()
    {
        await using var fixture = await OpenApiFixture.StartAsync($"{Shop}all: true");
        Assert.Equal(["list_pets", "getPet"], fixture.Registry.Tools.Select(tool => tool.Name));
        Assert.All(fixture.Registry.Tools, tool => Assert.True(tool.IsIdempotent));
    }

    [Fact]
    public async Task Writing_operations_are_not_retried()
    {
        var count = 0;
        await using var fixture = await OpenApiFixture.StartAsync($"{Shop}operations: [deletePet]", _ => LocalHttpServer.Json($"{++count}", 503));
        Assert.False(fixture.Registry.Tools[0].IsIdempotent);
        await fixture.Registry.FailAsync("deletePet", """{"petId":3}""");
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_date_to_come_again_is_read_by_the_clock_of_the_registry()
    {
        var time = new ManualTimeProvider();
        var date = (time.GetUtcNow() + TimeSpan.FromSeconds(60)).ToString("R");
        await using var fixture = await OpenApiFixture.StartAsync(
            $"{Shop}operations: [deletePet]", _ => LocalHttpServer.Response(429, "text/plain", [], $"Retry-After: {date}"), time);

        var exception = await Assert.ThrowsAsync<TransientToolException>(() => fixture.Registry.CallAsync("deletePet", """{"petId":3}"""));

        Assert.Equal(TimeSpan.FromSeconds(60), exception.RetryAfter);
    }

    [Fact]
    public async Task The_server_of_the_document_is_reached_through_the_guard()
    {
        await using var registry = await OpenApiFixture.Builder("document: petshop-3.0.json\noperations: [getPet]\nserver: http://127.0.0.1:9/").BuildAsync();
        Assert.StartsWith("127.0.0.1 leads to an address that is not public", await registry.FailAsync("getPet", """{"petId":3}"""), StringComparison.Ordinal);
    }
}
