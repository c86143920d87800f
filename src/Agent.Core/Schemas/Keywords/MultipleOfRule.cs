using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>multipleOf</c>, in decimal and without rounding: 0.3 is a multiple of 0.1.</summary>
internal sealed class MultipleOfRule(JsonElement divisor) : SchemaRule
{
    private readonly ExactNumber _divisor = ExactNumber.From(divisor);

    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Number)
        {
            return true;
        }

        if (!evaluation.SpendOn(instance))
        {
            return false;
        }

        var number = ExactNumber.From(instance);
        if (number.HasReasonableSize && number.IsMultipleOf(_divisor))
        {
            return true;
        }

        evaluation.Report($"{evaluation.Subject()} must be a multiple of {JsonText.Show(divisor)} but was {JsonText.Show(instance)}");
        return false;
    }
}
