using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary>Whether an argument was given.</summary>
internal sealed class ExistsNode(PathOperand path) : ConditionNode
{
    public override bool? Evaluate(JsonElement arguments) => path.Evaluate(arguments).Kind != ConditionValueKind.Missing;

    public override void Check(JsonElement schema, List<string> problems) => path.Check(schema, problems);
}
