using System.Text.Json;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

public sealed class HttpRequestTests
{
    public static TheoryData<string> HostileValues => new(
        "/", "//", "\\", "a/b", "?x=1", "#f", "&admin=true", "=", "+", " ", "%", "%2f", "%00", "\0", "\r\nX-Evil: 1", "\n", "\t", ";", ":", "@evil.example",
        "http://evil.example/", "//evil.example/", "{id}", "${TOKEN}", "'\"<>", "广州", "😀", "e\u0301", "\u202e", new string('x', 2_000), "a b+c", "~-_.!*'()", "...", "a..b", ".hidden");

    [Theory]
    [MemberData(nameof(HostileValues))]
    public async Task A_value_stays_one_segment_of_the_path_and_one_value_of_the_query(string value)
    {
        await using var fixture = await HttpToolFixture.StartAsync("url: '{server}/v1/{id}/items?q={text}&z=1'", parameters: "id, text");
        var json = JsonSerializer.Serialize(value);
        await fixture.CallAsync($$"""{"id":{{json}},"text":{{json}}}""");

        var target = Assert.Single(fixture.Server.Requests).Target;
        var encoded = Uri.EscapeDataString(value);
        Assert.Equal($"/v1/{encoded}/items?q={encoded}&z=1", target);
        Assert.DoesNotContain(target, char.IsControl);
        Assert.Equal(value, Uri.UnescapeDataString(target.Split('/')[2]));
        Assert.False(fixture.Server.Requests.Single().Headers.ContainsKey("X-Evil"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../admin")]
    [InlineData("a/../../admin")]
    [InlineData("..\\\\admin")]
    [InlineData("%2e%2e%2fadmin")]
    [InlineData("%252e%252e%252fadmin")]
    [InlineData("..%2fadmin")]
    [InlineData("..;/admin")]
    [InlineData("a/.")]
    public async Task A_way_out_of_the_path_is_refused_before_any_request(string value)
    {
        await using var fixture = await HttpToolFixture.StartAsync("url: '{server}/v1/{id}'", parameters: "id");
        Assert.Equal("The argument id must not hold \"..\" or \".\" as a part of a path.", await fixture.FailAsync($$"""{"id":"{{value}}"}"""));
        Assert.Empty(fixture.Server.Requests);
    }

    [Fact]
    public async Task Dots_of_two_arguments_cannot_join_to_a_way_out()
    {
        await using var fixture = await HttpToolFixture.StartAsync("url: '{server}/v1/.{id}/x'", parameters: "id");
        Assert.Equal("The argument id must not hold \"..\" or \".\" as a part of a path.", await fixture.FailAsync("""{"id":"."}"""));
        Assert.Equal("The argument id must not be empty.", await fixture.FailAsync("""{"id":""}"""));
        Assert.Empty(fixture.Server.Requests);
    }

    [Fact]
    public async Task Optional_query_values_are_left_out_lists_repeat_and_defaults_fill_in()
    {
        await using var fixture = await HttpToolFixture.StartAsync(
            """
            url: '{server}/s?fixed=a,b&flag&id={id}&text={text}'
            query: { tag: '{tags}', limit: '{n}', key: '${TOKEN}', 'a b': 'x {text}&' }
            """);
        await fixture.CallAsync("""{"id":1.0,"tags":["a b","c&d"],"text":null}""");
        await fixture.CallAsync("""{"id":true,"text":"t","n":5}""");
        Assert.Equal(
            ["/s?fixed=a,b&flag&id=1.0&tag=a%20b&tag=c%26d&limit=10&key=s3cr3t%2Bto%2Fken%3D%22x&a%20b=x%20%26", "/s?fixed=a,b&flag&id=true&text=t&limit=5&key=s3cr3t%2Bto%2Fken%3D%22x&a%20b=x%20t%26"],
            fixture.Server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task A_JSON_body_keeps_types_and_escapes_texts()
    {
        await using var fixture = await HttpToolFixture.StartAsync(
            """
            method: POST
            url: '{server}/orders'
            headers: { X-Kind: order, Authorization: 'Bearer key' }
            body:
              id: '{id}'
              note: "for {text}, \"{{id}}\""
              tags: ['{tags}', fixed, '{missing}']
              n: '{n}'
              price: 1.0
              yes: true
              nothing: null
              text: "5"
              deep: { gone: '{missing}' }
            """,
            parameters: "id, text, tags, n, missing");
        await fixture.CallAsync("""{"id":12345678901234567890,"text":"\",\"admin\":true,\"x\":\"{n}\n广州","tags":[1,"二"]}""");
        var request = fixture.Server.Requests.Single();
        Assert.Equal(
            """{"id":12345678901234567890,"note":"for \",\"admin\":true,\"x\":\"{n}\n广州, \"{id}\"","tags":[[1,"二"],"fixed"],"n":10,"price":1.0,"yes":true,"nothing":null,"text":"5","deep":{}}""",
            request.Body);
        Assert.Equal(("application/json", "order", "Bearer key"), (request.Headers["Content-Type"], request.Headers["X-Kind"], request.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_form_is_encoded_value_by_value()
    {
        await using var fixture = await HttpToolFixture.StartAsync("method: PUT\nurl: '{server}/f'\nform: { id: '{id}', note: 'a={text}' }", parameters: "id, text");
        await fixture.CallAsync("""{"id":"1&admin=1","text":"x y+z"}""");
        var request = fixture.Server.Requests.Single();
        Assert.Equal(("PUT", "id=1%26admin%3D1&note=a%3Dx%20y%2Bz", "application/x-www-form-urlencoded"), (request.Method, request.Body, request.Headers["Content-Type"]));
    }

    [Fact]
    public async Task A_variable_is_never_read_as_a_template()
    {
        await using var server = new LocalHttpServer(_ => LocalHttpServer.Json("{}"));
        await using var registry = await new ToolRegistryBuilder { Environment = _ => "{id}" }
            .AddText($$$"""
                version: 1
                tools: [{name: call, description: d, kind: http, parameters: {type: object, properties: {id: {}}, required: [id]}, options: {url: "{{{server.Url}}}/{id}?k=${X}", allow_private_network: true}}]
                """, "x.yaml")
            .BuildAsync();
        await registry.CallAsync("call", """{"id":"7"}""");
        Assert.Equal("/7?k=%7Bid%7D", server.Requests.Single().Target);
    }
}
