using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms, compared without rounding.</summary>
internal sealed class NumberBoundRule(NumberBound bound, JsonElement limit) : SchemaRule
{
    private readonly ExactNumber _limit = ExactNumber.From(limit);

    public static string KeywordOf(NumberBound bound) => bound switch
    {
        NumberBound.Minimum => "minimum",
        NumberBound.Maximum => "maximum",
        NumberBound.ExclusiveMinimum => "exclusiveMinimum",
        _ => "exclusiveMaximum",
    };

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

        var order = ExactNumber.From(instance).Compare(_limit);
        var (holds, words) = bound switch
        {
            NumberBound.Minimum => (order >= 0, "at least"),
            NumberBound.Maximum => (order <= 0, "at most"),
            NumberBound.ExclusiveMinimum => (order > 0, "greater than"),
            _ => (order < 0, "less than"),
        };
        if (!holds)
        {
            evaluation.Report($"{evaluation.Subject()} must be {words} {JsonText.Show(limit)} but was {JsonText.Show(instance)}");
        }

        return holds;
    }
}
