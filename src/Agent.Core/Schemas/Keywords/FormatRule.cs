using System.Text.Json;
using Agent.Core.Schemas.Formats;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>format</c>.</summary>
internal sealed class FormatRule(StringFormat format) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        if (!evaluation.SpendOn(instance) || format.IsMatch(instance.GetString()!))
        {
            return !evaluation.IsExhausted;
        }

        evaluation.Report($"{evaluation.Subject()} must be {format.Words} but was {JsonText.Show(instance)}");
        return false;
    }
}
