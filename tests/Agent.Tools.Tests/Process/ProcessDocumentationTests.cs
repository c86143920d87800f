using System.Text.RegularExpressions;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Process;

/// <summary>The examples of docs/process.md, run.</summary>
[Collection("process")]
public sealed partial class ProcessDocumentationTests : IDisposable
{
    private readonly ProcessToolFixture _tools = new();

    public void Dispose() => _tools.Dispose();

    [FactIfProgram("grep", "python3", "prlimit")]
    public async Task The_examples_do_what_they_say()
    {
        var page = await File.ReadAllTextAsync(Repository.Locate("docs", "process.md"));
        var file = Path.Combine(_tools.Folder, "tools.yaml");
        await File.WriteAllTextAsync(file, Assert.Single(Block().Matches(page), match => match.Groups["language"].Value == "yaml").Groups["text"].Value);
        await File.WriteAllTextAsync(Path.Combine(_tools.Folder, "convert.py"), Assert.Single(Block().Matches(page), match => match.Groups["language"].Value == "python").Groups["text"].Value);
        await File.WriteAllTextAsync(Path.Combine(_tools.Folder, "notes.txt"), "buy bread\npay the rent\ncall --help desk\n");
        _tools.Variables["UNITS_TABLE"] = "metric";
        await using var registry = await new ToolRegistryBuilder { AllowProcesses = true, Environment = _tools.Variables.GetValueOrDefault }.AddFile(file).BuildAsync();

        Assert.Equal("2:pay the rent", await registry.CallAsync("search_notes", """{"text":"rent"}"""));
        Assert.Equal("1-buy bread\n2:pay the rent\n3-call --help desk", await registry.CallAsync("search_notes", """{"text":"rent","around":1}"""));
        Assert.Equal("3:call --help desk", await registry.CallAsync("search_notes", """{"text":"--help"}"""));
        Assert.Equal("done (exit code 1, no output)", await registry.CallAsync("search_notes", """{"text":"; rm"}"""));
        Assert.Equal("6.6", await registry.CallAsync("convert_length", """{"metres":2}"""));
    }

    [Fact]
    public void Every_option_is_documented()
    {
        var page = File.ReadAllText(Repository.Locate("docs", "process.md"));
        Assert.All(
            KindSchema.Load("process").GetProperty("properties").EnumerateObject(),
            option => Assert.Contains($"| `{option.Name}` |", page, StringComparison.Ordinal));
    }

    [GeneratedRegex("```(?<language>[a-z]+)\n(?<text>.*?)```", RegexOptions.Singleline, 5000)]
    private static partial Regex Block();
}
