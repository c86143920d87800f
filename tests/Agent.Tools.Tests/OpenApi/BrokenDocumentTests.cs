using System.Text.Json.Nodes;
using Agent.Testing;
using Agent.Tools.Registry;
using Xunit.Abstractions;

namespace Agent.Tools.Tests.OpenApi;

/// <summary>Replaces every value of a document in turn with something that does not belong there.</summary>
public sealed class BrokenDocumentTests(ITestOutputHelper output)
{
    private static readonly string[] Values = ["null", "5", "\"x\"", "[]", "{}", "[[{}]]", """{"$ref":"#"}""", """{"$ref":"#x"}"""];

    [Fact]
    public async Task Whatever_stands_in_a_document_it_becomes_tools_or_problems()
    {
        var text = await File.ReadAllTextAsync(Repository.Locate("tests", "data", "openapi", "petshop-3.0.json"));
        var file = Path.GetTempFileName();
        var (built, refused) = (0, 0);
        try
        {
            for (var index = 0; Replaced(text, index, "null") is not null; index++)
            {
                foreach (var value in Values)
                {
                    await File.WriteAllTextAsync(file, Replaced(text, index, value));
                    try
                    {
                        await using var registry = await OpenApiFixture.Builder($"document: {file}\noperations: ['list pets', addPet, getPet, 'DELETE /pets/{{petId}}']").BuildAsync();
                        built++;
                    }
                    catch (ToolsFileException)
                    {
                        refused++;
                    }
                }
            }
        }
        finally
        {
            File.Delete(file);
        }

        output.WriteLine($"{built + refused} broken documents: {built} gave tools, {refused} gave problems");
        Assert.True(built > 100 && refused > 100, $"{built} built, {refused} refused");
    }

    /// <summary>The document with its n-th value replaced; null when it has fewer.</summary>
    private static string? Replaced(string text, int index, string value)
    {
        var root = JsonNode.Parse(text)!;
        var node = Descendants(root).Skip(index).FirstOrDefault();
        node?.ReplaceWith(JsonNode.Parse(value));
        return node is null ? null : root.ToJsonString();
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        var children = node switch
        {
            JsonObject map => map.Select(member => member.Value),
            JsonArray list => list,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>().ToList())
        {
            yield return child;
            foreach (var descendant in Descendants(child))
            {
                yield return descendant;
            }
        }
    }
}
