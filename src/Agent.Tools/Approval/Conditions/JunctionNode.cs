using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary><c>or</c> is decided by one side that is true, <c>and</c> by one that is false.</summary>
internal sealed class JunctionNode(ConditionNode left, ConditionNode right, bool decidedBy) : ConditionNode
{
    public override bool? Evaluate(JsonElement arguments)
    {
        var first = left.Evaluate(arguments);
        if (first == decidedBy)
        {
            return decidedBy;
        }

        var second = right.Evaluate(arguments);
        return second == decidedBy ? decidedBy : first is null ? null : second;
    }

    public override void Check(JsonElement schema, List<string> problems)
    {
        left.Check(schema, problems);
        right.Check(schema, problems);
    }
}
