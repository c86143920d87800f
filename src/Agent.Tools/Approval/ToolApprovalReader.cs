using Agent.Tools.Registry;
using Agent.Tools.Yaml;

namespace Agent.Tools.Approval;

/// <summary>Reads <c>approval</c> of a tool.</summary>
internal static class ToolApprovalReader
{
    private const string Fix = "Write \"never\", \"always\", or \"{ when: amount > 100 }\"";

    /// <summary>The approval; null where the file says nothing, or after a problem.</summary>
    internal static ToolApproval? Read(MappingReader tool, ToolProblems problems, string owner)
    {
        switch (tool.Value("approval"))
        {
            case null:
                return null;
            case YamlScalar { Text: "never" }:
                return ToolApproval.Never;
            case YamlScalar { Text: "always" }:
                return ToolApproval.Always;
            case YamlMapping mapping:
                var reader = new MappingReader(mapping, problems, $"approval of {owner}");
                var condition = reader.RequiredText("when");
                reader.End();
                return condition is null ? null : Parse(condition, problems, owner);
            case var other:
                problems.Add(other.Position, $"\"approval\" of {owner} is {other.Shape}", Fix);
                return null;
        }
    }

    private static ToolApproval? Parse(YamlScalar condition, ToolProblems problems, string owner)
    {
        try
        {
            return ToolApproval.When(ApprovalCondition.Parse(condition.Text));
        }
        catch (ApprovalConditionException exception)
        {
            problems.Add(
                condition.Position,
                $"the condition {condition.Shape} in \"approval\" of {owner} cannot be read: at character {exception.Offset + 1}, {exception.Problem}",
                "Compare arguments with values, such as \"amount > 100 or country not in ['CN', 'HK']\"");
            return null;
        }
    }
}
