using System.Text.Json;
using Agent.Core.Schemas.Patterns;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>pattern</c>.</summary>
internal sealed class PatternRule(SchemaPattern pattern) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        if (!evaluation.SpendOn(instance) || pattern.IsMatch(instance.GetString()!))
        {
            return !evaluation.IsExhausted;
        }

        evaluation.Report($"{evaluation.Subject()} must match the pattern {JsonText.Shorten(pattern.Source, 200)} but was {JsonText.Show(instance)}");
        return false;
    }
}
