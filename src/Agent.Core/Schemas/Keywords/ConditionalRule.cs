using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>if</c>, <c>then</c> and <c>else</c>.</summary>
internal sealed class ConditionalRule(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : SchemaRule
{
    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        var before = evaluation.Findings.Count;
        (evaluation.Fits(condition, instance) ? then : otherwise)?.Evaluate(instance, evaluation);
        return evaluation.Findings.Count == before;
    }
}
