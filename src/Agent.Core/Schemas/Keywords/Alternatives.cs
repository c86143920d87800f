using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary>Says why no alternative fits, in the fewest words that let the value be repaired.</summary>
internal static class Alternatives
{
    /// <summary>Findings wanted of each alternative.</summary>
    public const int MaxFindings = 3;

    private const int MaxListed = 4;
    private const int MaxWords = 160;

    /// <param name="schemas">The alternatives.</param>
    /// <param name="failures">What each of them found; nothing where the work was used up.</param>
    /// <param name="instance">The value.</param>
    /// <param name="evaluation">Receives the explanation.</param>
    public static void Explain(IReadOnlyList<SchemaNode> schemas, IReadOnlyList<List<SchemaFinding>> failures, JsonElement instance, SchemaEvaluation evaluation)
    {
        if (TryNameTypes(schemas, instance, evaluation) || TryNameConstants(schemas, instance, evaluation))
        {
            return;
        }

        // Where only one alternative is about this kind of value, its complaints are the useful ones.
        var meant = failures.Where(findings => findings.Count > 0 && !findings.Any(finding => finding.RulesOut(evaluation.Depth))).ToArray();
        if (meant is [var only])
        {
            only.ForEach(evaluation.Add);
            return;
        }

        var listed = failures
            .Take(MaxListed)
            .Where(findings => findings.Count > 0)
            .Select((findings, i) => $"({i + 1}) {JsonText.Shorten(findings[0].Violation.Message, MaxWords)}");
        evaluation.Report($"{evaluation.Subject()} must match one of {schemas.Count} alternatives: {string.Join("; ", listed)}{(schemas.Count > MaxListed ? "; ..." : "")}");
    }

    private static bool TryNameTypes(IReadOnlyList<SchemaNode> schemas, JsonElement instance, SchemaEvaluation evaluation)
    {
        var types = JsonTypes.None;
        foreach (var schema in schemas)
        {
            if (schema.Type is not { } rule || TypeRule.Matches(rule.Types, instance))
            {
                return false;
            }

            types |= rule.Types;
        }

        evaluation.Report($"{evaluation.Subject()} must be {TypeRule.Words(types)} but was {JsonText.Describe(instance)}", SchemaMismatch.Kind);
        return true;
    }

    private static bool TryNameConstants(IReadOnlyList<SchemaNode> schemas, JsonElement instance, SchemaEvaluation evaluation)
    {
        var constants = schemas.Select(schema => schema.Rules.OfType<ConstRule>().FirstOrDefault()).ToArray();
        if (constants.Any(rule => rule is null || JsonValueComparer.Instance.Equals(rule.Value, instance)))
        {
            return false;
        }

        evaluation.Report($"{evaluation.Subject()} must be one of {JsonText.List([.. constants.Select(rule => JsonText.Show(rule!.Value))])} but was {JsonText.Show(instance)}", SchemaMismatch.Constant);
        return true;
    }
}
