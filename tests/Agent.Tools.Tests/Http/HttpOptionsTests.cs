using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

public sealed class HttpOptionsTests
{
    private static ToolRegistryBuilder Builder(string options, string required = "id") => new ToolRegistryBuilder
    {
        Environment = name => name switch
        {
            "TOKEN" => "s3cr3t-token",
            "BROKEN" => "s3cr3t\r\nX-Evil: 1",
            "EMPTY" => "",
            _ => null,
        },
    }
        .AddText(
            $$"""
            version: 1
            tools:
              - name: order
                description: Get an order
                kind: http
                parameters: { type: object, properties: { id: { type: string } }, required: [{{required}}] }
                options:
                  {{options.ReplaceLineEndings("\n      ")}}
            """,
            "tools.yaml");

    [Theory]
    [InlineData("method: GET", "8:7: options of tool \"order\" has no \"url\". Add \"url: ...\".")]
    [InlineData("url: https://a.example/{id}\nmethod: get", "9:15: \"method\" of options of tool \"order\" is \"get\". Did you mean \"GET\"?")]
    [InlineData("url: https://a.example/{idd}", "8:12: placeholder {idd} names no parameter in tool \"order\". Did you mean \"id\"?")]
    [InlineData("url: https://{id}.example/", "8:12: the url has a placeholder in its scheme or host in tool \"order\". Write scheme and host out; placeholders may follow the first \"/\" after the host.")]
    [InlineData("url: https://a.example{id}/", "8:12: the url has a placeholder in its scheme or host in tool \"order\". Write scheme and host out; placeholders may follow the first \"/\" after the host.")]
    [InlineData("url: '{id}://a.example/'", "8:12: the url has a placeholder in its scheme or host in tool \"order\". Write scheme and host out; placeholders may follow the first \"/\" after the host.")]
    [InlineData("url: ftp://a.example/{id}", "8:12: the url is not an absolute http or https URL in tool \"order\". Write it like https://api.example.com/v1/orders/{order_id}.")]
    [InlineData("url: /orders/{id}", "8:12: the url has a placeholder in its scheme or host in tool \"order\". Write scheme and host out; placeholders may follow the first \"/\" after the host.")]
    [InlineData("url: 'https://a.example\\@b.example/{id}'", "8:12: the url is not an absolute http or https URL in tool \"order\". Write it like https://api.example.com/v1/orders/{order_id}.")]
    [InlineData("url: https://user:pw@a.example/{id}", "8:12: the url holds a user name or password in tool \"order\". Send credentials in \"headers\", from ${NAME}.")]
    [InlineData("url: https://a.example/{id}#top", "8:12: the url holds a \"#\" or \"\\\" in tool \"order\". Leave the fragment out; write %23 or %5C for the character itself.")]
    [InlineData("url: https://a.example/?{id}=1", "8:12: the url has a placeholder in the name of a query parameter in tool \"order\". Write the name out; only values may be placeholders.")]
    [InlineData("url: https://a.example/{id", "8:12: a \"{\" opens no placeholder in tool \"order\". Write {name}, or {{ for a brace.")]
    [InlineData("url: https://a.example/id}", "8:12: a \"}\" closes no placeholder in tool \"order\". Write {name}, or }} for a brace.")]
    [InlineData("url: https://a.example/", "6:17: parameter \"id\" is not used in tool \"order\". Put {id} into url, query, body or form, or remove the parameter.")]
    [InlineData("url: https://a.example/{id}\nheaders: { Authorization: 'Bearer ${MISSING}' }", "9:33: environment variable MISSING is not set. Set MISSING before starting, or remove ${MISSING}.")]
    [InlineData("url: https://a.example/{id}\nheaders: { Authorization: '${EMPTY}' }", "9:33: environment variable EMPTY is not set. Set EMPTY before starting, or remove ${EMPTY}.")]
    [InlineData("url: https://a.example/{id}\nheaders: { Authorization: '${BROKEN}' }", "9:33: environment variable BROKEN holds a line break. Set BROKEN to a single line.")]
    [InlineData("url: https://a.example/{id}\nheaders: { X-A: \"a\\r\\nX-Evil: 1\" }", "9:23: the value of header \"X-A\" has a line break or a character outside ASCII in tool \"order\". Write it on one line in ASCII.")]
    [InlineData("url: https://a.example/{id}\nheaders: { \"X-A\\r\\nX\": a }", "9:18: header name \"X-A\\r\\nX\" is not allowed in tool \"order\". Use letters, digits and -.")]
    [InlineData("url: https://a.example/{id}\nheaders: { Host: internal }", "9:18: header \"Host\" cannot be set in tool \"order\". Remove it; the HTTP client sets it from url, body and form.")]
    [InlineData("url: https://a.example/{id}\nbody: { a: 1 }", "9:13: method GET takes no \"body\" in tool \"order\". Use POST, PUT, PATCH or DELETE, or move the values to \"query\".")]
    [InlineData("method: POST\nurl: https://a.example/{id}\nbody: { a: 1 }\nform: { a: 1 }", "11:13: \"body\" and \"form\" stand side by side in tool \"order\". Keep one of the two.")]
    [InlineData("url: https://a.example/{id}\nselect: order", "9:15: \"select\" is \"order\", which is no JSON pointer in tool \"order\". Write it like /data/items/0 (RFC 6901).")]
    [InlineData("url: https://a.example/{id}\nquery: { a: [1] }", "9:19: \"a\" of \"query\" is a list in tool \"order\". Write a text (\"\" for an empty one), a number or {name}, or leave the key out.")]
    [InlineData("url: https://a.example/{id}\nquery: { a: null }", "9:19: \"a\" of \"query\" is nothing in tool \"order\". Write a text (\"\" for an empty one), a number or {name}, or leave the key out.")]
    [InlineData("url: https://a.example/{id}\nquery: { a: ~ }", "9:19: \"a\" of \"query\" is nothing in tool \"order\". Write a text (\"\" for an empty one), a number or {name}, or leave the key out.")]
    [InlineData("method: POST\nurl: https://a.example/{id}\nform: { a: null }", "10:18: \"a\" of \"form\" is nothing in tool \"order\". Write a text (\"\" for an empty one), a number or {name}, or leave the key out.")]
    [InlineData("url: https://a.example/{id}\nheaders: { X-A: null }", "9:23: header \"X-A\" is nothing in tool \"order\". Write a text, or leave the header out.")]
    [InlineData("url: https://a.example/{id}\nfolow_redirects: true", "9:7: unknown key \"folow_redirects\" in options of tool \"order\". Did you mean \"follow_redirects\"?")]
    [InlineData("url: https://a.example/{id}\nmax_response_bytes: 5", "9:27: \"max_response_bytes\" of options of tool \"order\" is \"5\". It must be a whole number from 1024 to 16777216.")]
    public async Task What_is_wrong_is_told_at_start(string options, string message) => Assert.Equal([$"tools.yaml:{message}"], await Builder(options).ProblemsAsync());

    [Fact]
    public async Task A_path_placeholder_must_be_required() => Assert.Equal(
        ["tools.yaml:8:12: parameter \"id\" stands in the path of the url but is not required in tool \"order\". Add \"id\" to \"required\", or move it into the query."],
        await Builder("url: https://a.example/{id}", required: string.Empty).ProblemsAsync());

    [Fact]
    public async Task No_problem_ever_holds_a_secret()
    {
        var lines = await Builder("url: https://a.example/${TOKEN}/{nope}\nheaders: { Authorization: 'Bearer ${TOKEN}', X-Å: '${TOKEN}', B: \"${TOKEN}\\n\", C: '${BROKEN}' }\nselect: '${TOKEN}'").ProblemsAsync();
        Assert.True(lines.Length >= 4);
        Assert.DoesNotContain(lines, line => line.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("POST", false)]
    [InlineData("DELETE", false)]
    public async Task Reading_methods_are_idempotent(string method, bool expected)
    {
        await using var registry = await Builder($"url: https://a.example/{{id}}\nmethod: {method}").BuildAsync();
        Assert.Equal(expected, registry.Tools[0].IsIdempotent);
    }
}
