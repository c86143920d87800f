using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Approval;

/// <summary>What <c>approval</c>, <c>effects</c> and the limits of a turn in a file come to.</summary>
public sealed class ToolPolicyOfTheFileTests
{
    private const string Parameters = "parameters: { type: object, properties: { amount: { type: number } } }";

    [Theory]
    [InlineData("", ToolEffects.Read, "never")]
    [InlineData("effects: write", ToolEffects.Write, "always")]
    [InlineData("effects: write, approval: never", ToolEffects.Write, "never")]
    [InlineData("effects: read, approval: always", ToolEffects.Read, "always")]
    [InlineData("approval: { when: amount > 100 }", ToolEffects.Read, "when: amount > 100")]
    public async Task File_decides(string keys, ToolEffects effects, string approval)
    {
        await using var registry = await Function(keys).BuildAsync();

        Assert.Equal((effects, approval), (registry.Tools[0].Effects, registry.Tools[0].Approval.ToString()));
    }

    [Theory]
    [InlineData("GET", ToolEffects.Read, "never")]
    [InlineData("HEAD", ToolEffects.Read, "never")]
    [InlineData("POST", ToolEffects.Write, "always")]
    [InlineData("DELETE", ToolEffects.Write, "always")]
    public async Task Kind_decides_where_the_file_says_nothing(string method, ToolEffects effects, string approval)
    {
        await using var registry = await new ToolRegistryBuilder().AddText(
            $"version: 1\ntools:\n  - {{ name: t, description: d, kind: http, options: {{ method: {method}, url: \"https://example.com/\" }} }}", "tools.yaml").BuildAsync();

        Assert.Equal((effects, approval), (registry.Tools[0].Effects, registry.Tools[0].Approval.ToString()));
    }

    [Fact]
    public async Task Function_that_requires_approval_in_code_requires_it()
    {
        var function = new ApprovalRequiredAIFunction(AIFunctionFactory.Create(() => 5, "five", "Give five"));
        await using var registry = await new ToolRegistryBuilder().AddFunction(function).BuildAsync();

        Assert.True(registry.Tools[0].RequiresApproval(JsonElement.Parse("{}")));
    }

    [Fact]
    public async Task Problems_name_key_place_and_fix() => Assert.Equal(
        [
            "tools.yaml:3:26: \"approval\" of tool \"a\" is \"sometimes\". Write \"never\", \"always\", or \"{ when: amount > 100 }\".",
            "tools.yaml:4:34: the condition \"amount = 5\" in \"approval\" of tool \"b\" cannot be read: at character 8, '=' is unknown here; write '==' to compare. "
                + "Compare arguments with values, such as \"amount > 100 or country not in ['CN', 'HK']\".",
            "tools.yaml:5:26: approval of tool \"c\" has no \"when\". Add \"when: ...\".",
            "tools.yaml:5:28: unknown key \"wenn\" in approval of tool \"c\". Known keys: when.",
            "tools.yaml:6:25: \"effects\" of tool \"d\" is \"wirte\". Did you mean \"write\"?",
            "tools.yaml:7:43: \"rate_per_minute\" of limits of tool \"e\" is \"0\". It must be a whole number from 1 to 10000.",
        ],
        (await new ToolRegistryBuilder().Register("f", () => 1).AddText(
            """
            version: 1
            tools:
              - { name: a, approval: sometimes, description: d, kind: function, options: { function: f } }
              - { name: b, approval: { when: amount = 5 }, description: d, kind: function, options: { function: f } }
              - { name: c, approval: { wenn: amount > 5 }, description: d, kind: function, options: { function: f } }
              - { name: d, effects: wirte, description: d, kind: function, options: { function: f } }
              - { name: e, limits: { rate_per_minute: 0 }, description: d, kind: function, options: { function: f } }
            """,
            "tools.yaml").ProblemsAsync()));

    [Fact]
    public async Task Condition_that_the_schema_rules_out_is_a_problem() => Assert.Equal(
        ["tools.yaml:3:114: \"approval\" of tool \"t\" can never be decided: amount is a number and can never be compared with 'x' by '=='. Compare arguments of the tool with values of their own type."],
        await Function("approval: { when: amount == 'x' }").ProblemsAsync());

    [Fact]
    public async Task Limits_of_a_turn_and_of_a_minute_can_be_lifted_from_the_defaults()
    {
        await using var registry = await new ToolRegistryBuilder().Register("f", () => 1).AddText(
            """
            version: 1
            defaults: { limits: { rate_per_minute: 30, calls_per_turn: 3 } }
            tools:
              - { name: a, description: d, kind: function, options: { function: f } }
              - { name: b, description: d, kind: function, options: { function: f }, limits: { rate_per_minute: false, calls_per_turn: 9 } }
            """,
            "tools.yaml").BuildAsync();

        Assert.Equal([(30, 3), (null, 9)], registry.Tools.Select(tool => (tool.Limits.RatePerMinute, tool.MaxCallsPerRun)));
    }

    private static ToolRegistryBuilder Function(string keys) => new ToolRegistryBuilder().Register("f", (double amount) => amount).AddText(
        $"version: 1\ntools:\n  - {{ name: t, description: d, {Parameters}, {keys}{(keys.Length > 0 ? ", " : "")}kind: function, options: {{ function: f }} }}", "tools.yaml");
}
