using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>oneOf</c>.</summary>
internal sealed class OneOfRule(IReadOnlyList<SchemaNode> schemas) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        SchemaNode? fitting = null;
        var failures = new List<List<SchemaFinding>>(schemas.Count);
        foreach (var schema in schemas)
        {
            var findings = evaluation.Probe(schema, instance, Alternatives.MaxFindings);
            if (findings.Count > 0)
            {
                failures.Add(findings);
            }
            else if (fitting is null)
            {
                fitting = schema;
            }
            else
            {
                evaluation.Report(
                    $"{evaluation.Subject()} must match exactly one of {schemas.Count} alternatives but matches both {JsonText.Show(fitting.Source)} and {JsonText.Show(schema.Source)}");
                return false;
            }
        }

        if (fitting is not null)
        {
            return !evaluation.IsExhausted;
        }

        Alternatives.Explain(schemas, failures, instance, evaluation);
        return false;
    }
}
