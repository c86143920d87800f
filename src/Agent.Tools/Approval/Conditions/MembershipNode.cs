using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary><c>in</c>: equal to one of several.</summary>
internal sealed class MembershipNode(ConditionOperand left, IReadOnlyList<ConditionOperand> items) : ConditionNode
{
    private readonly ComparisonNode[] _comparisons = [.. items.Select(item => new ComparisonNode(left, "==", item))];

    public override bool? Evaluate(JsonElement arguments)
    {
        bool? result = false;
        foreach (var comparison in _comparisons)
        {
            switch (comparison.Evaluate(arguments))
            {
                case true:
                    return true;
                case null:
                    result = null;
                    break;
            }
        }

        return result;
    }

    public override void Check(JsonElement schema, List<string> problems)
    {
        var before = problems.Count;
        foreach (var comparison in _comparisons)
        {
            comparison.Check(schema, problems);
            if (problems.Count > before)
            {
                // The left side is the same in all of them.
                return;
            }
        }
    }
}
