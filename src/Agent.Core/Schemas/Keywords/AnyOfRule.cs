using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>anyOf</c>.</summary>
internal sealed class AnyOfRule(IReadOnlyList<SchemaNode> schemas) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        var failures = new List<List<SchemaFinding>>(schemas.Count);
        foreach (var schema in schemas)
        {
            var findings = evaluation.Probe(schema, instance, Alternatives.MaxFindings);
            if (findings.Count == 0)
            {
                return !evaluation.IsExhausted;
            }

            failures.Add(findings);
        }

        Alternatives.Explain(schemas, failures, instance, evaluation);
        return false;
    }
}
