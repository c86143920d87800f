using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>propertyNames</c>.</summary>
internal sealed class PropertyNamesRule(SchemaNode names) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var property in instance.EnumerateObject())
        {
            if (!evaluation.Spend(4))
            {
                return false;
            }

            var name = JsonSerializer.SerializeToElement(property.Name);
            foreach (var finding in evaluation.Probe(names, name, most: 3, $"the property name {JsonText.Quote(property.Name)}"))
            {
                evaluation.Add(finding);
                holds = false;
            }
        }

        return holds;
    }
}
