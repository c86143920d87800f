using System.Text.Json;
using Agent.Core.Schemas;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Registry.Schema;
using Agent.Tools.Yaml;

namespace Agent.Tools.Tests.Registry.Schema;

/// <summary>Tools files as data, the schema of them, and those that the repository shows to its readers.</summary>
internal static class ToolsYaml
{
    private static readonly JsonSchema Schema = JsonSchema.Compile(JsonElement.Parse(ToolsFileSchema.Write()), new JsonSchemaLimits { MaxBytes = 1024 * 1024 });

    /// <summary>What the schema refuses.</summary>
    public static string[] Violations(string yaml)
    {
        var problems = new ToolProblems();
        var root = YamlDocumentReader.Read(yaml, "tools.yaml", problems);
        Assert.Empty(problems.Sorted());
        return [.. Schema.Validate(YamlJson.ToJson(root!, problems)).Select(violation => violation.ToString()!)];
    }

    /// <summary>A file with one tool.</summary>
    public static string WithOptions(string kind, string options) =>
        $"version: 1\ntools:\n  - {{ name: t, description: d, kind: {kind}, options: {options} }}\n";

    /// <summary>The root file, the root file with its comments taken for what they show, and every block of YAML in the documentation that holds tools.</summary>
    public static IEnumerable<(string Name, string Text)> Shown()
    {
        var root = File.ReadAllText(Repository.Locate("tools.yaml"));
        yield return ("tools.yaml", root);
        yield return ("tools.yaml uncommented", Uncommented(root));
        var pages = Directory.EnumerateFiles(Repository.Locate("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.Locate("README.md"));
        foreach (var page in pages.Order(StringComparer.Ordinal))
        {
            foreach (var (block, index) in Blocks(File.ReadAllText(page)).Select((block, index) => (block, index)))
            {
                yield return ($"{Path.GetFileName(page)}, block {index + 1}", block);
            }
        }
    }

    private static string Uncommented(string text)
    {
        var lines = text.Split('\n').Select(line => line.StartsWith("#  ", StringComparison.Ordinal) ? line[1..] : line);
        return string.Join('\n', lines)
            .Replace("# defaults:", "defaults:", StringComparison.Ordinal)
            .Replace("#   limits:", "  limits:", StringComparison.Ordinal)
            .Replace("#             circuit", "    circuit", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Blocks(string page)
    {
        foreach (var part in page.Split("```yaml\n").Skip(1))
        {
            var block = part.Split("\n```")[0];
            if (block.Contains("kind:", StringComparison.Ordinal))
            {
                // A page may show tools alone, at any depth: as items of a list they are a file with the two lines before them.
                yield return block.Contains("tools:", StringComparison.Ordinal)
                    ? (block.Contains("version:", StringComparison.Ordinal) ? block : $"version: 1\n{block}")
                    : $"version: 1\ntools:\n{block}";
            }
        }
    }
}
