using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>minLength</c> and <c>maxLength</c>, which count characters of Unicode and not units of UTF-16.</summary>
internal sealed class LengthRule(int least, int? most) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.String || !evaluation.SpendOn(instance))
        {
            return instance.ValueKind != JsonValueKind.String;
        }

        var length = instance.GetString()!.Count(c => !char.IsLowSurrogate(c));
        return CountBounds.Check(length, least, most, "character", "characters", evaluation);
    }
}
