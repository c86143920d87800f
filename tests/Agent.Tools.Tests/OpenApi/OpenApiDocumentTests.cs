using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.OpenApi;

public sealed class OpenApiDocumentTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private static string Document(string paths, string version = "3.0.0", string components = "") =>
        $$"""
        openapi: {{version}}
        servers: [{ url: 'https://api.example/v1' }]
        paths:
          {{paths.ReplaceLineEndings("\n  ")}}
        {{components}}
        """;

    private static string Get(string parameter) => $"/a: {{ get: {{ operationId: op, parameters: [{{ {parameter} }}] }} }}";

    private async Task<string> ProblemAsync(string document, string options = "operations: [op]")
    {
        await File.WriteAllTextAsync(_file, document);
        var line = Assert.Single(await OpenApiFixture.Builder($"document: {_file}\n{options}").ProblemsAsync());
        return line[(line.IndexOf("tools.yaml:", StringComparison.Ordinal) + "tools.yaml:".Length)..];
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { Get("name: q, in: query, required: true, schema: { type: object }"), "its parameter \"q\" is required but cannot be sent: it is a list or an object in the query" },
        { Get("name: q, in: query, required: true, style: deepObject, schema: { type: string }"), "its parameter \"q\" is required but cannot be sent: its style is deepObject" },
        { Get("name: q, in: cookie, required: true, schema: { type: string }"), "its parameter \"q\" is required but cannot be sent: it goes into \"cookie\"" },
        { Get("name: q, in: query, required: true, content: { application/json: {} }"), "its parameter \"q\" is required but cannot be sent: it has no \"schema\"" },
        { Get("name: Host, in: header, required: true, schema: { type: string }"), "its parameter \"Host\" is required but cannot be sent: it is a header that only the HTTP client sets" },
        { Get("name: q, in: query, schema: { type: string, format: binary }"), "its schema cannot be enforced at \"/properties/q/format\": the format \"binary\" cannot be enforced" },
        { Get("name: q, in: query, schema: { type: string, unevaluatedProperties: false }"), "its schema cannot be enforced at \"/properties/q/unevaluatedProperties\": the keyword \"unevaluatedProperties\" cannot be enforced" },
        { Get("name: q, in: query, schema: { $ref: 'other.yaml#/a' }"), "the reference other.yaml#/a leads out of the document" },
        { Get("name: q, in: query, schema: { $ref: '#/components/schemas/None' }"), "the reference #/components/schemas/None leads to nothing" },
        { Get("name: q, in: query, schema: { $ref: '#/components/schemas/Self' }"), "a reference refers to itself" },
        { Get("name: q, in: query, required: true, schema: { $ref: '#/components/schemas/Tree' }"), "its parameter \"q\" is required but cannot be sent: it is a list or an object in the query" },
        { "/a: { post: { operationId: op, requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Tree' } } } } } }", "the schema #/components/schemas/Tree contains itself" },
        { "/a: { post: { operationId: op, requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/B0' } } } } } }", "its schema is larger than 65536 bytes once references are replaced" },
        { "/a: { post: { operationId: op, requestBody: { required: true, content: { text/csv: {} } } } }", "its request body is required but is not JSON" },
        { "/a/{id}: { get: { operationId: op } }", "the placeholder {id} of its path has no parameter" },
        { "/a/{id: { get: { operationId: op } }", "the placeholder {id} of its path has no parameter" },
        { "'/a?x=1': { get: { operationId: op } }", "the path /a?x=1 holds a character that paths have not" },
        { "/a/../b: { get: { operationId: op } }", "the path holds \".\" or \"..\"" },
        { "/a: { get: { operationId: op, servers: [{ url: 'ftp://api.example/' }] } }", "the server is no http or https URL" },
        { "/a: { get: { operationId: op, servers: [{ url: 'https://u:p@api.example/' }] } }", "the server holds more than scheme, host, port and path" },
        { "/a: { get: { operationId: op, servers: [{ url: '/v1' }] } }", "the document names no server" },
    };

    private static string Components()
    {
        var text = new StringBuilder("components:\n  schemas:\n    Self: { $ref: '#/components/schemas/Self' }\n    Tree: { type: object, properties: { child: { $ref: '#/components/schemas/Tree' } } }\n");
        for (var i = 0; i < 12; i++)
        {
            text.Append($"    B{i}: {{ type: object, properties: {{ {string.Join(", ", "abcd".Select(name => $"{name}: {{ $ref: '#/components/schemas/B{i + 1}' }}"))} }} }}\n");
        }

        return text.Append("    B12: { type: string }\n").ToString();
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task What_cannot_be_a_tool_is_told_with_its_operation(string paths, string message)
    {
        var problem = await ProblemAsync(Document(paths, components: Components()));
        Assert.StartsWith($"8:20: operation \"op\" cannot be a tool: {message}", problem, StringComparison.Ordinal);
        Assert.Contains(" in tool \"shop\". ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("swagger: '2.0'", "7:17: the document is not OpenAPI 3.0 or 3.1 in tool \"shop\". Convert it to one of these versions.")]
    [InlineData("openapi: 3.2.0", "7:17: the document is not OpenAPI 3.0 or 3.1 in tool \"shop\". Convert it to one of these versions.")]
    [InlineData("", "7:17: the document is not OpenAPI 3.0 or 3.1 in tool \"shop\". Convert it to one of these versions.")]
    [InlineData("openapi: 3.0.0\npaths: *x", "7:17: the document cannot be read: FILE:2:8: alias \"*x\" is not supported. Write the value out, or put shared limits under \"defaults\" in tool \"shop\". Correct the document.")]
    [InlineData("[1]", "7:17: the document is not OpenAPI 3.0 or 3.1 in tool \"shop\". Convert it to one of these versions.")]
    [InlineData("{ \"openapi\": \"3.0.0\", \"openapi\": \"3.1.0\" }", "7:17: the document is not valid JSON or has a key twice in tool \"shop\". Correct the document.")]
    [InlineData("{ \"openapi\"", "7:17: the document is not valid JSON at line 1 in tool \"shop\". Correct the document.")]
    public async Task Another_document_is_refused(string document, string message) => Assert.Equal(message.Replace("FILE", Path.GetFileName(_file), StringComparison.Ordinal), await ProblemAsync(document));

    [Fact]
    public async Task Depth_is_bounded()
    {
        var schema = string.Concat(Enumerable.Repeat("{\"items\":", 20)) + "{}" + new string('}', 20);
        var document = """{"openapi":"3.1.0","servers":[{"url":"https://a.example"}],"paths":{"/a":{"post":{"operationId":"op","requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/A"}}}}}}},"components":{"schemas":{"A":FIRST,"B":SECOND}}}"""
            .Replace("FIRST", schema.Replace("{}", "{\"$ref\":\"#/components/schemas/B\"}", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("SECOND", schema, StringComparison.Ordinal);
        Assert.StartsWith("8:20: operation \"op\" cannot be a tool: a schema is nested deeper than 32 levels", await ProblemAsync(document), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operations: [opp]", "8:20: the document has no operation \"opp\" in tool \"shop\". Did you mean \"op\"?")]
    [InlineData("operations: []", "8:19: no operation is chosen in tool \"shop\". List them: operations: [getPet, \"GET /pets\"]; \"all: true\" takes every operation that only reads.")]
    [InlineData("prefix: p_", "7:7: no operation is chosen in tool \"shop\". List them: operations: [getPet, \"GET /pets\"]; \"all: true\" takes every operation that only reads.")]
    [InlineData("operations: [{ operation: 'PUT /a', pagination: { next: /n, items: /d } }]", "8:33: operation \"PUT /a\" cannot be a tool: \"pagination\" stands beside method PUT in tool \"shop\". Pages are asked for with GET; remove \"pagination\".")]
    [InlineData("operations: [op]\nall: true", "8:19: \"all\" and \"operations\" stand side by side in tool \"shop\". Keep one of the two.")]
    [InlineData("operations: [op]\nprefix: 1x", "9:15: \"prefix\" is \"1x\" in tool \"shop\". Use 1 to 32 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _.")]
    [InlineData("operations: [op]\nsha256: abc", "9:15: \"sha256\" is \"abc\" in tool \"shop\". Write the 64 hexadecimal digits that sha256sum prints for the document.")]
    [InlineData("operations: ['o.p', op, 'GET /b']", "8:31: operations \"o.p\" and \"o_p\" would both be the tool \"o_p\" in tool \"shop\". Choose one of them, or change an operationId.")]
    [InlineData("operations: [op]\nserver: http://api.example/\nauth: { bearer: '${TOKEN}' }", "8:20: operation \"op\" cannot be a tool: \"auth\" would be sent over http, where anyone on the way can read it in tool \"shop\". Set \"server\" to an https address.")]
    public async Task Wrong_options_are_told(string options, string message)
    {
        var paths = "/a: { get: { operationId: op }, put: {} }\n/b: { get: { operationId: o_p } }\n/c: { get: { operationId: o.p } }";
        Assert.Equal(message, await ProblemAsync(Document(paths), options));
    }

    [Fact]
    public async Task A_long_name_is_cut_and_a_long_description_too()
    {
        await File.WriteAllTextAsync(_file, Document($"/a: {{ get: {{ operationId: {new string('x', 80)}, summary: '{string.Concat(Enumerable.Repeat("😀", 200))}' }} }}"));
        await using var registry = await OpenApiFixture.Builder($"document: {_file}\nall: true").BuildAsync();
        var tool = Assert.Single(registry.Tools);
        Assert.Equal(new string('x', 64), tool.Name);
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 148)) + "...", tool.Description);
    }

    [Fact]
    public async Task A_file_may_be_pinned_too()
    {
        await File.WriteAllTextAsync(_file, Document("/a: { get: { operationId: op } }"));
        var hash = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(_file)));
        await using (await OpenApiFixture.Builder($"document: {_file}\noperations: [op]\nsha256: {hash}").BuildAsync())
        {
        }

        Assert.StartsWith(
            $"7:17: the document has the SHA-256 {hash.ToLowerInvariant()}, not the pinned one",
            await ProblemAsync(Document("/a: { get: { operationId: op } }"), $"operations: [op]\nsha256: '{new string('0', 64)}'"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_document_is_fetched_once_and_its_relative_server_is_its_own()
    {
        var document = """{"openapi":"3.0.0","servers":[{"url":"../v2"}],"paths":{"/a":{"get":{"operationId":"op"}}}}""";
        await using var fixture = await OpenApiFixture.StartAsync(
            $"document: '{{server}}/docs/openapi.json'\nsha256: '{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)))}'\noperations: [op]\nauth: {{ bearer: '${{TOKEN}}' }}",
            request => LocalHttpServer.Json(request.Target.StartsWith("/docs", StringComparison.Ordinal) ? document : "{}"));
        await fixture.Registry.CallAsync("op");
        await fixture.Registry.CallAsync("op");
        Assert.Equal(["/docs/openapi.json", "/v2/a", "/v2/a"], fixture.Server.Requests.Select(request => request.Target));
        Assert.False(fixture.Server.Requests.First().Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData(200, "{}", "the document has the SHA-256 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a, not the pinned one in tool \"shop\". Review what changed, then set \"sha256\" to it.")]
    [InlineData(302, "", "the document cannot be fetched: 127.0.0.1 answered HTTP 302 in tool \"shop\". Give a URL that answers with the document itself, or a file.")]
    [InlineData(404, "", "the document cannot be fetched: 127.0.0.1 answered HTTP 404 in tool \"shop\". Give a URL that answers with the document itself, or a file.")]
    public async Task A_fetched_document_that_is_not_the_pinned_one_is_refused(int status, string body, string message)
    {
        var exception = await Assert.ThrowsAsync<ToolsFileException>(() => OpenApiFixture.StartAsync(
            $"document: '{{server}}/x'\nsha256: '{new string('0', 64)}'\nall: true",
            _ => LocalHttpServer.Response(status, "application/json", Encoding.UTF8.GetBytes(body), "Location: /y")));
        Assert.EndsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("document: https://127.0.0.1:1/x", true, "the document cannot be fetched: 127.0.0.1 leads to an address that is not public")]
    [InlineData("document: https://a.example/x", false, "\"document\" is a URL without \"sha256\" in tool \"shop\". Read the document, then add the hash that sha256sum prints for it.")]
    [InlineData("document: http://a.example/x", true, "\"document\" is no https URL in tool \"shop\". Write https://..., or the path of a file.")]
    [InlineData("document: file:///etc/passwd", true, "\"document\" is no https URL in tool \"shop\". Write https://..., or the path of a file.")]
    [InlineData("document: nowhere.yaml", false, "the document cannot be read in tool \"shop\". Check that the file is there, relative to the tools file, and that this process may read it.")]
    public async Task Where_a_document_comes_from_is_checked(string options, bool isPinned, string message)
    {
        var line = Assert.Single(await OpenApiFixture.Builder($"{options}\nall: true{(isPinned ? $"\nsha256: '{new string('0', 64)}'" : string.Empty)}").ProblemsAsync());
        Assert.Contains(message, line, StringComparison.Ordinal);
    }
}
