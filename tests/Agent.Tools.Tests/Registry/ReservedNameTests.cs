using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Registry;

/// <summary>Names that the application keeps for tools beside the registry.</summary>
public sealed class ReservedNameTests
{
    private const string File = """
        version: 1
        tools:
          - name: find
            description: Find
            kind: weather
          - name: other
            description: Other
            kind: weather
        """;

    [Fact]
    public async Task A_tool_of_a_file_with_such_a_name_is_a_problem_at_its_place()
    {
        var problem = Assert.Single(await new ToolRegistryBuilder().Reserve("find", "the search", "switch it off").AddText(File, "tools.yaml").ProblemsAsync());

        Assert.Matches("^tools\\.yaml:3:[0-9]+: the tool name \"find\" is taken by the search\\. Rename the tool, or switch it off\\.$", problem);
    }

    [Fact]
    public async Task A_function_with_such_a_name_is_refused()
    {
        var builder = new ToolRegistryBuilder().Reserve("find", "the search", "switch it off").AddFunction(AIFunctionFactory.Create(() => 1, "find", "Find"));

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => builder.BuildAsync());

        Assert.StartsWith("The tool name \"find\" is taken by the search. Rename the tool, or switch it off.", exception.Message, StringComparison.Ordinal);
    }
}
