using System.Text;
using System.Text.Json;
using Agent.Core.Names;
using Agent.Tools.Json;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;

namespace Agent.Tools.OpenApi;

/// <summary>An OpenAPI 3.0 or 3.1 document, in JSON or YAML. Immutable.</summary>
internal sealed class OpenApiDocument
{
    private const int LongestReferenceChain = 16;

    private static readonly string[] Methods = ["get", "head", "post", "put", "patch", "delete"];

    private OpenApiDocument(JsonElement root, bool isVersion30, Uri? location)
    {
        Root = root;
        IsVersion30 = isVersion30;
        Location = location;
        Operations = [.. ReadOperations()];
    }

    internal JsonElement Root { get; }

    /// <summary>True for 3.0, where a reference has no siblings and an exclusive bound is a truth value.</summary>
    internal bool IsVersion30 { get; }

    /// <summary>Where it was fetched from; null for a file.</summary>
    internal Uri? Location { get; }

    /// <summary>The operations in the order of the document.</summary>
    internal IReadOnlyList<OpenApiOperation> Operations { get; }

    /// <exception cref="OpenApiException">The bytes are no such document.</exception>
    internal static OpenApiDocument Parse(byte[] bytes, string name, Uri? location)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        var root = text.AsSpan().TrimStart().StartsWith('{') ? ParseJson(text) : ParseYaml(text, name);
        var version = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("openapi", out var value) ? value.ToString() : null;
        return version?.Split('.') is ["3", "0" or "1", ..]
            ? new OpenApiDocument(root, version.StartsWith("3.0", StringComparison.Ordinal), location)
            : throw new OpenApiException("the document is not OpenAPI 3.0 or 3.1", "Convert it to one of these versions");
    }

    /// <summary>The element, or what it refers to.</summary>
    /// <exception cref="OpenApiException">The reference leads out of the document, to nothing, or in a circle.</exception>
    internal JsonElement Resolve(JsonElement element)
    {
        for (var i = 0; i < LongestReferenceChain; i++)
        {
            if (Reference(element) is not { } reference)
            {
                return element;
            }

            element = Find(reference);
        }

        throw new OpenApiException("a reference refers to itself", "Correct the document");
    }

    internal JsonElement Find(string reference)
    {
        if (!reference.StartsWith('#'))
        {
            throw new OpenApiException($"the reference {reference} leads out of the document", "Bundle the document into one file");
        }

        return JsonPointer.TryResolve(Root, Uri.UnescapeDataString(reference[1..]), out var target)
            ? target
            : throw new OpenApiException($"the reference {reference} leads to nothing", "Correct the document");
    }

    internal static string? Reference(JsonElement element) => JsonRead.Text(element, "$ref");

    private IEnumerable<OpenApiOperation> ReadOperations()
    {
        foreach (var path in JsonRead.Members(Root, "paths").Where(path => path.Name.StartsWith('/')))
        {
            var item = Resolve(path.Value);
            foreach (var method in Methods)
            {
                if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty(method, out var operation) && operation.ValueKind == JsonValueKind.Object)
                {
                    yield return new OpenApiOperation(method.ToUpperInvariant(), path.Name, item, operation);
                }
            }
        }
    }

    private static JsonElement ParseJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new OpenApiException(
                exception.LineNumber is { } line ? $"the document is not valid JSON at line {line + 1}" : "the document is not valid JSON or has a key twice",
                "Correct the document");
        }
    }

    private static JsonElement ParseYaml(string text, string name)
    {
        var problems = new ToolProblems();
        var value = YamlDocumentReader.Read(text, name, problems);
        var root = value is null ? default : YamlJson.ToJson(value, problems);
        return problems.Count == 0 ? root : throw new OpenApiException($"the document cannot be read: {problems.Sorted()[0].ToString().TrimEnd('.')}", "Correct the document");
    }
}
