using System.Text.Json;
using Agent.Core.Schemas;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Registry.Schema;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Registry.Schema;

public sealed class ToolsFileSchemaTests
{
    /// <summary>Every key of every kind, in forms that the readers take.</summary>
    public static TheoryData<string, string> Full => new()
    {
        { "function", "{ function: echo }" },
        { "http", "{ url: 'https://example.com/', method: GET, query: { q: a, n: 5, on: true, none: '' }, headers: { X-Version: 2, Accept: text/plain }, auth: { bearer: '${TOKEN}' }, select: '', follow_redirects: true, allow_private_network: true, max_response_bytes: 1024 }" },
        { "http", "{ url: 'https://example.com/', method: POST, auth: { basic: { user: 12345, password: '${TOKEN}' } }, body: [1, { a: b }] }" },
        { "http", "{ url: 'https://example.com/', method: PUT, auth: { client_credentials: { token_url: 'https://example.com/t', client_id: 7, client_secret: '${TOKEN}', scope: a b, credentials_in: body } }, form: { a: 1 } }" },
        { "http", "{ url: '${BASE}/x', pagination: { next: link_header, items: '', max_pages: 20 } }" },
        { "http", "{ url: 'https://example.com/', pagination: { next: /links/next, items: /data } }" },
        { "weather", "{ provider: amap, language: zh, offline_after: 1.5s, key: '${TOKEN}', geocoding_url: 'https://example.com/g', forecast_url: 'http://example.com/f', amap_url: 'https://example.com/a', allow_private_network: false }" },
        { "weather", "{}" },
        { "weather", "" },
        { "sql", "{ sample: shop, database: DATABASE, query: SELECT 1, samples: 0, rows: 1000, format: markdown, time_limit: 50ms }" },
        { "sql", "{ sample: shop, database: DATABASE, schema: { tables: [orders] } }" },
        { "sql", "{ sample: shop, database: DATABASE, schema: { tables: { orders: [id], products: '*' } } }" },
        { "openapi", "{ document: DOCUMENT, operations: [GET /pets, { operation: getPet, select: /name }], server: 'https://example.com', prefix: pets_, headers: { A: b }, query: { key: '${TOKEN}' }, auth: { bearer: '${TOKEN}' }, follow_redirects: false, allow_private_network: false, max_response_bytes: 16777216 }" },
    };

    /// <summary>Mistakes that need no more than the file to be seen.</summary>
    public static TheoryData<string> Broken =>
    [
        "[]",
        "tools: []",
        "version: 2\ntools: []",
        "version: 1\ntols: []",
        "version: 1\ntools: { name: a }",
        "version: 1\ntools: [a]",
        "version: 1\ndefaults: { timeout: 5s }",
        "version: 1\ndefaults: { limits: { timeout: 5 } }",
        "version: 1\ntools: [{ kind: weather }]",
        "version: 1\ntools: [{ name: a }]",
        "version: 1\ntools: [{ name: 1a, kind: weather }]",
        "version: 1\ntools: [{ name: a, kind: wether }]",
        "version: 1\ntools: [{ name: a, kind: weather, descripton: x }]",
        "version: 1\ntools: [{ name: a, kind: weather, idempotent: yes }]",
        "version: 1\ntools: [{ name: a, kind: weather, parameters: { type: string } }]",
        "version: 1\ntools: [{ name: a, kind: weather, limits: { retries: 11 } }]",
        "version: 1\ntools: [{ name: a, kind: weather, limits: { concurrency: 0 } }]",
        "version: 1\ntools: [{ name: a, kind: weather, limits: { max_result_bytes: 16k } }]",
        "version: 1\ntools: [{ name: a, kind: weather, limits: { circuit_breaker: { failures: 1 } } }]",
        "version: 1\ntools: [{ name: a, kind: weather, limits: { circuit_breaker: never } }]",
        "version: 1\ntools: [{ name: a, kind: http, description: d }]",
        "version: 1\ntools: [{ name: a, kind: function, description: d, options: }]",
        ToolsYaml.WithOptions("function", "{ functon: echo }"),
        ToolsYaml.WithOptions("http", "{}"),
        ToolsYaml.WithOptions("http", "{ url: ftp://example.com/ }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', method: get }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', headers: { 'a b': c } }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', auth: { bearer: abc } }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', auth: {} }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', auth: { basic: { user: a } } }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', select: order }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', pagination: { next: link_header } }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', pagination: { next: link_header, items: '', max_pages: 1 } }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', query: { a: [1] } }"),
        ToolsYaml.WithOptions("http", "{ url: 'https://example.com/', provider: amap }"),
        ToolsYaml.WithOptions("openapi", "{ document: a.yaml }"),
        ToolsYaml.WithOptions("openapi", "{ document: a.yaml, operations: [] }"),
        ToolsYaml.WithOptions("openapi", "{ document: a.yaml, all: true, sha256: abc }"),
        ToolsYaml.WithOptions("openapi", "{ document: a.yaml, operations: [{ select: /a }] }"),
        ToolsYaml.WithOptions("sql", "{ query: SELECT 1 }"),
        ToolsYaml.WithOptions("sql", "{ database: a.db }"),
        ToolsYaml.WithOptions("sql", "{ database: a.db, schema: { tables: { orders: all } } }"),
        ToolsYaml.WithOptions("sql", "{ database: a.db, query: SELECT 1, rows: 1001 }"),
        ToolsYaml.WithOptions("weather", "{ provider: open_meteo }"),
        ToolsYaml.WithOptions("weather", "{ offline_after: 3 }"),
        ToolsYaml.WithOptions("weather", "{ forecast_url: 'https://example.com/?a=b' }"),
    ];

    [Fact]
    public void What_the_repository_shows_fits()
    {
        var shown = ToolsYaml.Shown().ToList();
        Assert.True(shown.Count >= 3);
        Assert.All(shown, file => Assert.Equal((file.Name, ""), (file.Name, string.Join('\n', ToolsYaml.Violations(file.Text)))));
    }

    [Theory]
    [MemberData(nameof(Full))]
    public async Task What_the_readers_take_fits(string kind, string options)
    {
        var folder = Directory.CreateTempSubdirectory("agent-schema-").FullName;
        try
        {
            var yaml = ToolsYaml.WithOptions(
                kind,
                options.Replace("DATABASE", Path.Combine(folder, "shop.db"), StringComparison.Ordinal).Replace("DOCUMENT", Repository.Locate("tests", "data", "openapi", "petshop-3.0.json"), StringComparison.Ordinal));
            Assert.Empty(ToolsYaml.Violations(yaml));
            await using var registry = await Builder(yaml).BuildAsync();
            Assert.NotEmpty(registry.Tools);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_mistake_is_refused_by_the_schema_and_by_the_readers(string yaml)
    {
        Assert.NotEmpty(ToolsYaml.Violations(yaml));
        Assert.NotEmpty(await Builder(yaml).ProblemsAsync());
    }

    [Fact]
    public void The_shipped_file_names_the_schema_for_editors() =>
        Assert.Equal("# yaml-language-server: $schema=docs/tools.schema.json", File.ReadLines(Repository.Locate("tools.yaml")).First());

    [Fact]
    public void A_kind_of_the_application_brings_its_own_options()
    {
        var schema = JsonElement.Parse(ToolsFileSchema.Write([new OwnKind(), new AnyKind()]));
        var compiled = JsonSchema.Compile(schema);
        Assert.Equal(["any", "own"], schema.GetProperty("$defs").GetProperty("tool").GetProperty("properties").GetProperty("kind").GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Empty(Violations("""{"name":"a","kind":"own","options":{"port":80}}"""));
        Assert.NotEmpty(Violations("""{"name":"a","kind":"own","options":{"port":0}}"""));
        Assert.NotEmpty(Violations("""{"name":"a","kind":"own"}"""));
        Assert.Empty(Violations("""{"name":"a","kind":"any","options":{"x":0}}"""));
        Assert.Empty(Violations("""{"name":"a","kind":"any"}"""));

        IReadOnlyList<SchemaViolation> Violations(string tool) => compiled.Validate(JsonElement.Parse($$"""{"version":1,"tools":[{{tool}}]}"""));
    }

    private static ToolRegistryBuilder Builder(string yaml) =>
        new ToolRegistryBuilder { Environment = name => name switch { "TOKEN" => "secret", "BASE" => "https://example.com", _ => null } }
            .Register("echo", (string text) => text)
            .AddText(yaml, "tools.yaml");

    private sealed class OwnKind : IToolKind
    {
        public string Name => "own";

        public JsonElement OptionsSchema { get; } = JsonElement.Parse("""{"type":"object","required":["port"],"properties":{"port":{"$ref":"#/$defs/port"}},"$defs":{"port":{"type":"integer","minimum":1}}}""");

        public IToolSource? Read(ToolDefinition definition, ToolKindContext context) => null;
    }

    private sealed class AnyKind : IToolKind
    {
        public string Name => "any";

        public IToolSource? Read(ToolDefinition definition, ToolKindContext context) => null;
    }
}
