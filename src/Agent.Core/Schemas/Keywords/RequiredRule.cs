using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>required</c>.</summary>
internal sealed class RequiredRule(IReadOnlyList<string> names) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        if (!evaluation.Spend(names.Count) || !evaluation.SpendOn(instance))
        {
            return false;
        }

        var holds = true;
        var present = instance.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!present.Contains(name))
            {
                evaluation.ReportAt(name, $"{evaluation.SubjectOf(name)} is required and missing");
                holds = false;
            }
        }

        return holds;
    }
}
