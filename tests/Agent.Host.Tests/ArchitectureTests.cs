using System.Reflection;
using System.Text.RegularExpressions;
using Agent.Testing;

namespace Agent.Host.Tests;

/// <summary>The direction of dependencies: Host -> Tools -> Core, and the floors inside Core.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>The floors of Core, top to bottom; each may use only those below it.</summary>
    private static readonly string[] Floors = ["Agents", "Retrieval", "Chat", "Schemas", "Prompts", "Inference", "Gguf", "Native", "Names"];

    /// <summary>Floors that use no other but Names.</summary>
    private static readonly string[] Islands = ["Schemas", "Prompts"];

    [Fact]
    public void Dependencies_point_one_way()
    {
        var core = typeof(Core.Agents.AgentLoop).Assembly;
        var tools = typeof(Agent.Tools.Registry.ToolRegistry).Assembly;
        var host = typeof(AgentApplication).Assembly;

        Assert.Equal(["Agent.Core", "Agent.Tools"], Ours(host));
        Assert.Equal(["Agent.Core"], Ours(tools));
        Assert.Empty(Ours(core));

        var folder = Path.Combine(Repository.Root, "src", "Agent.Core");
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(folder, file).Replace('\\', '/'), Text: File.ReadAllText(file)))
            .Where(file => !file.Path.StartsWith("obj/", StringComparison.Ordinal) && !file.Path.StartsWith("bin/", StringComparison.Ordinal))
            .ToList();
        Assert.True(files.Count > 100);
        Assert.Equal([], files.SelectMany(file => Violations(file.Path, file.Text)));
    }

    [Theory]
    [InlineData("Inference/A.cs", "using Agent.Core.Chat.Template;", "Inference/A.cs uses the floor Chat")]
    [InlineData("Inference/A.cs", "var x = new Agent.Core.Agents.AgentLoop(null);", "Inference/A.cs uses the floor Agents")]
    [InlineData("Prompts/A.cs", "using Agent.Core.Native;", "Prompts/A.cs uses the floor Native")]
    [InlineData("Chat/A.cs", "internal unsafe class A;", "Chat/A.cs is unsafe outside Native")]
    [InlineData("Utils/A.cs", "class A;", "Utils/A.cs is on no floor")]
    public void A_violation_is_found(string path, string text, string expected) => Assert.Equal([expected], Violations(path, text));

    [Theory]
    [InlineData("Chat/A.cs", "using Agent.Core.Chat.Template;\nusing Agent.Core.Native;")]
    [InlineData("Native/A.cs", "internal unsafe class A;")]
    [InlineData("Gguf/A.cs", "/// <summary>It is unsafe, see Agent.Core.Agents.</summary>\n// Agent.Core.Chat\nclass A { string s = \"unsafe\"; }")]
    public void What_is_allowed_is_not_found(string path, string text) => Assert.Empty(Violations(path, text));

    private static IEnumerable<string> Ours(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(name => name.Name!)
        .Where(name => name.StartsWith("Agent.", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Violations(string path, string text)
    {
        var floor = path.Split('/')[0];
        var level = Array.IndexOf(Floors, floor);
        if (level < 0)
        {
            yield return $"{path} is on no floor";
            yield break;
        }

        var code = CommentOrText().Replace(text, string.Empty);
        foreach (var used in CoreName().Matches(code).Select(match => match.Groups["floor"].Value).Distinct(StringComparer.Ordinal))
        {
            var isBelow = Array.IndexOf(Floors, used) > level && (used == "Names" || !Islands.Contains(floor, StringComparer.Ordinal));
            if (used != floor && !isBelow)
            {
                yield return $"{path} uses the floor {used}";
            }
        }

        if (floor != "Native" && Unsafe().IsMatch(code))
        {
            yield return $"{path} is unsafe outside Native";
        }
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"(?!")""", RegexOptions.Singleline, 5000)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\bAgent\.Core\.(?<floor>[A-Z]\w*)", RegexOptions.None, 5000)]
    private static partial Regex CoreName();

    [GeneratedRegex(@"\bunsafe\b", RegexOptions.None, 5000)]
    private static partial Regex Unsafe();
}
