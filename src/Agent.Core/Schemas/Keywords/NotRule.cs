using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>not</c>.</summary>
internal sealed class NotRule(SchemaNode excluded) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (!evaluation.Fits(excluded, instance))
        {
            return !evaluation.IsExhausted;
        }

        evaluation.Report($"{evaluation.Subject()} must not match {JsonText.Show(excluded.Source)} but was {JsonText.Show(instance)}");
        return false;
    }
}
