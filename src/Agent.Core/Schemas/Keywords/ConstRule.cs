using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>const</c>.</summary>
internal sealed class ConstRule(JsonElement value) : SchemaRule
{
    public override bool IsDecisive => true;

    public JsonElement Value => value;

    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (!evaluation.SpendOn(instance))
        {
            return false;
        }

        if (JsonValueComparer.Instance.Equals(value, instance))
        {
            return true;
        }

        evaluation.Report($"{evaluation.Subject()} must be {JsonText.Show(value)} but was {JsonText.Show(instance)}", SchemaMismatch.Constant);
        return false;
    }
}
