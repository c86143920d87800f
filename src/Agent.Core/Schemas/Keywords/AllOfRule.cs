using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>allOf</c>, and <c>$ref</c>, which is a list of one.</summary>
internal sealed class AllOfRule(IReadOnlyList<SchemaNode> schemas) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        var before = evaluation.Findings.Count;
        foreach (var schema in schemas)
        {
            if (evaluation.IsFull)
            {
                return false;
            }

            schema.Evaluate(instance, evaluation);
        }

        return evaluation.Findings.Count == before;
    }
}
