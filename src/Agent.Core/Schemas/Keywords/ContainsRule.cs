using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>contains</c>, <c>minContains</c> and <c>maxContains</c>.</summary>
internal sealed class ContainsRule(SchemaNode contained, int least, int? most) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var count = instance.EnumerateArray().Count(item => evaluation.Fits(contained, item));
        if (count >= least && count <= (most ?? int.MaxValue))
        {
            return true;
        }

        var wanted = count < least ? $"at least {least}" : $"at most {most}";
        evaluation.Report($"{evaluation.Subject()} must hold {wanted} of the items that match {JsonText.Show(contained.Source)} but holds {count}");
        return false;
    }
}
