using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>prefixItems</c> and <c>items</c>.</summary>
internal sealed class ItemsRule(IReadOnlyList<SchemaNode> prefix, SchemaNode? rest) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var before = evaluation.Findings.Count;
        if (rest is { AllowsAnything: false } && instance.GetArrayLength() > prefix.Count)
        {
            return CountBounds.Check(instance.GetArrayLength(), 0, prefix.Count, "item", "items", evaluation);
        }

        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (evaluation.IsFull)
            {
                return false;
            }

            if (index < prefix.Count)
            {
                evaluation.Descend(index, prefix[index], item);
            }
            else if (rest is not null)
            {
                evaluation.Descend(index, rest, item);
            }
            else
            {
                break;
            }

            index++;
        }

        return evaluation.Findings.Count == before;
    }
}
