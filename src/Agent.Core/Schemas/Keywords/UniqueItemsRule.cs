using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>uniqueItems</c>, in time linear in the array.</summary>
internal sealed class UniqueItemsRule : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        if (!evaluation.SpendOn(instance))
        {
            return false;
        }

        var places = new Dictionary<JsonElement, int>(JsonValueComparer.Instance);
        var index = 0;
        foreach (var item in instance.EnumerateArray())
        {
            if (!places.TryAdd(item, index))
            {
                evaluation.Report($"{evaluation.Subject()} must not repeat items, but items {places[item]} and {index} are equal ({JsonText.Show(item)})");
                return false;
            }

            index++;
        }

        return true;
    }
}
