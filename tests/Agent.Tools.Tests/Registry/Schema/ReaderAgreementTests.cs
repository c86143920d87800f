using System.Text.Json;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Registry.Schema;

namespace Agent.Tools.Tests.Registry.Schema;

/// <summary>
/// The keys of the schema are those that the readers ask for. What a reader asks for is told by its own message about a key
/// that nobody knows, at every place where the schema closes a mapping.
/// </summary>
public sealed class ReaderAgreementTests
{
    private const string Unknown = "zzzzzzzz";
    private const string ListTitle = "Known keys: ";

    public static TheoryData<string> Kinds => [.. ToolKinds.Default.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Options_of_a_kind(string kind)
    {
        var schema = ToolKinds.Default.Single(candidate => candidate.Name == kind).OptionsSchema;

        var places = await CompareAsync(schema, schema, options => ToolsYaml.WithOptions(
            kind, kind == "mcp" ? options.Replace("{ auth:", "{ url: 'https://example.com/', auth:", StringComparison.Ordinal) : options));

        Assert.True(places > 0, $"The options of {kind} are not closed with \"additionalProperties\": false.");
    }

    [Fact]
    public async Task The_file_around_them()
    {
        var schema = JsonElement.Parse(ToolsFileSchema.Write([]));

        // The file, masking, a pattern of its own, defaults, their limits and circuit breaker, a tool, its approval, limits and circuit breaker.
        Assert.Equal(10, await CompareAsync(schema, schema, text => text));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_key_is_described(string kind) =>
        Assert.All(Properties(ToolKinds.Default.Single(candidate => candidate.Name == kind).OptionsSchema), AssertDescribed);

    [Fact]
    public void Every_key_of_the_file_is_described() => Assert.All(Properties(JsonElement.Parse(ToolsFileSchema.Write([]))), property =>
    {
        // Those of "parameters" belong to JSON Schema; a reference brings its own.
        if (property.Name != "type" && !property.Value.TryGetProperty("$ref", out _))
        {
            AssertDescribed(property);
        }
    });

    [Fact]
    public void What_http_and_openapi_share_is_the_same()
    {
        var (http, openapi) = (KindSchema.Load("http").GetProperty("properties"), KindSchema.Load("openapi").GetProperty("properties"));
        string[] shared = ["headers", "auth", "follow_redirects", "allow_private_network", "max_response_bytes"];
        Assert.All(shared, key => Assert.Equal(http.GetProperty(key).GetRawText(), openapi.GetProperty(key).GetRawText()));
        var operation = openapi.GetProperty("operations").GetProperty("items").GetProperty("anyOf")[1].GetProperty("properties");
        Assert.True(JsonElement.DeepEquals(http.GetProperty("pagination"), operation.GetProperty("pagination")));
        Assert.True(JsonElement.DeepEquals(http.GetProperty("select"), operation.GetProperty("select")));
    }

    [Fact]
    public void Defaults_of_limits_are_those_of_the_record()
    {
        var limits = new ToolLimits();
        var properties = JsonElement.Parse(ToolsFileSchema.Write([])).GetProperty("$defs").GetProperty("limits").GetProperty("properties");
        var file = ToolsFile.Parse(
            $$"""
            version: 1
            tools:
              - name: t
                kind: x
                limits:
                  timeout: {{Default("timeout")}}
                  retries: {{Default("retries")}}
                  concurrency: {{Default("concurrency")}}
                  max_result_bytes: {{Default("max_result_bytes")}}
                  circuit_breaker: { failures: {{Breaker("failures")}}, window: {{Breaker("window")}}, break: {{Breaker("break")}} }
            """,
            "tools.yaml");
        Assert.Equal(limits, file.Tools[0].Limits);

        string Default(string key) => properties.GetProperty(key).GetProperty("default").ToString();
        string Breaker(string key) => properties.GetProperty("circuit_breaker").GetProperty("properties").GetProperty(key).GetProperty("default").ToString();
    }

    [Fact]
    public void The_file_in_the_repository_is_what_the_code_writes() =>
        Assert.True(
            File.ReadAllText(Repository.Locate("docs", "tools.schema.json")) == ToolsFileSchema.Write(),
            "docs/tools.schema.json is out of date. Write it anew: dotnet run --project src/Agent.Host -- tools schema > docs/tools.schema.json");

    private static void AssertDescribed(JsonProperty property)
    {
        Assert.True(property.Value.TryGetProperty("description", out var description), $"{property.Name} has no description");
        Assert.EndsWith(".", description.GetString(), StringComparison.Ordinal);
    }

    /// <summary>Compares the keys at each closed mapping of a schema.</summary>
    /// <returns>How many there were.</returns>
    private static async Task<int> CompareAsync(JsonElement root, JsonElement schema, Func<string, string> around)
    {
        schema = Resolve(root, schema);
        var count = 0;
        if (schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.False)
        {
            var keys = schema.GetProperty("properties").EnumerateObject().ToList();
            Assert.Equal(keys.Select(key => key.Name).Order(StringComparer.Ordinal), (await AskedForAsync(around($"{{ {Unknown}: 1 }}"))).Order(StringComparer.Ordinal));
            count++;
            foreach (var key in keys)
            {
                count += await CompareAsync(root, key.Value, inner => around($"{{ {key.Name}: {inner} }}"));
            }
        }

        if (schema.TryGetProperty("items", out var items))
        {
            count += await CompareAsync(root, items, inner => around($"[ {inner} ]"));
        }

        foreach (var alternative in new[] { "anyOf", "oneOf" }.SelectMany(keyword => schema.TryGetProperty(keyword, out var list) ? list.EnumerateArray().ToArray() : []))
        {
            count += await CompareAsync(root, alternative, around);
        }

        return count;
    }

    private static async Task<string[]> AskedForAsync(string yaml)
    {
        var builder = new ToolRegistryBuilder { AllowProcesses = true, Environment = _ => null }.AddText(yaml, "tools.yaml");
        var problems = (await Assert.ThrowsAsync<ToolsFileException>(() => builder.BuildAsync())).Problems;
        var told = problems.SingleOrDefault(problem => problem.Message.StartsWith($"unknown key \"{Unknown}\"", StringComparison.Ordinal));
        Assert.True(told is not null, $"No reader looked at the keys of the mapping with {Unknown}:\n{yaml}");
        Assert.StartsWith(ListTitle, told.Fix, StringComparison.Ordinal);
        return told.Fix[ListTitle.Length..].Split(", ");
    }

    private static JsonElement Resolve(JsonElement root, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]) : schema;

    private static IEnumerable<JsonProperty> Properties(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().SelectMany(member =>
            (member.Name == "properties" && member.Value.ValueKind == JsonValueKind.Object ? member.Value.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object) : [])
                .Concat(Properties(member.Value))),
        JsonValueKind.Array => schema.EnumerateArray().SelectMany(Properties),
        _ => [],
    };
}
