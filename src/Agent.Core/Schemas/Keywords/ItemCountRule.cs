using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>minItems</c> and <c>maxItems</c>.</summary>
internal sealed class ItemCountRule(int least, int? most) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation) =>
        instance.ValueKind != JsonValueKind.Array ||
        CountBounds.Check(instance.GetArrayLength(), least, most, "item", "items", evaluation);
}
