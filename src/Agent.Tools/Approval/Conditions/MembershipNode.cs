using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary><c>in</c>: equal to one of several.</summary>
internal sealed class MembershipNode(ConditionOperand left, IReadOnlyList<ConditionOperand> items) : ConditionNode
{
    private readonly ComparisonNode[] _comparisons = [.. items.Select(item => new ComparisonNode(left, "==", item))];

    public override bool? Evaluate(JsonElement arguments) => ThreeValued.Any(_comparisons.Select(comparison => comparison.Evaluate(arguments)));

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
