using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary><c>not</c>.</summary>
internal sealed class NotNode(ConditionNode inner) : ConditionNode
{
    public override bool? Evaluate(JsonElement arguments) => !inner.Evaluate(arguments);

    public override void Check(JsonElement schema, List<string> problems) => inner.Check(schema, problems);
}
