using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class PropertyCountRule(int least, int? most) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation) =>
        instance.ValueKind != JsonValueKind.Object ||
        CountBounds.Check(instance.GetPropertyCount(), least, most, "property", "properties", evaluation);
}
