using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>dependentRequired</c>.</summary>
internal sealed class DependentRequiredRule(IReadOnlyDictionary<string, IReadOnlyList<string>> dependencies) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        if (!evaluation.SpendOn(instance))
        {
            return false;
        }

        var holds = true;
        var present = instance.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, needed) in dependencies)
        {
            if (!evaluation.Spend(1 + needed.Count))
            {
                return false;
            }

            foreach (var other in present.Contains(name) ? needed.Where(other => !present.Contains(other)) : [])
            {
                evaluation.ReportAt(other, $"{evaluation.SubjectOf(other)} is required when {evaluation.SubjectOf(name)} is given, and missing");
                holds = false;
            }
        }

        return holds;
    }
}
