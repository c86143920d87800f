using System.Text.Json;
using Agent.Core.Schemas.Keywords;

namespace Agent.Core.Schemas;

/// <summary>One compiled schema or subschema. Its rules are set once, by the compiler; after that it is immutable.</summary>
internal sealed class SchemaNode(string pointer, JsonElement source)
{
    public string Pointer { get; } = pointer;

    public JsonElement Source { get; } = source;

    /// <summary>False for the schema <c>false</c>, which nothing satisfies.</summary>
    public bool AllowsAnything => Source.ValueKind != JsonValueKind.False;

    public IReadOnlyList<SchemaRule> Rules { get; set; } = [];

    /// <summary>Schemas that this one applies to the same value: a cycle among them would never end.</summary>
    public IReadOnlyList<SchemaNode> SameInstance { get; set; } = [];

    /// <summary>The names of types that a value must have, if that is said; for messages that join alternatives.</summary>
    public TypeRule? Type => Rules.OfType<TypeRule>().FirstOrDefault();

    public void Evaluate(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (!evaluation.Enter())
        {
            return;
        }

        if (!AllowsAnything)
        {
            evaluation.Report($"{evaluation.Subject()} is not allowed", SchemaMismatch.Kind);
        }

        foreach (var rule in Rules)
        {
            if (evaluation.IsFull || (!rule.Check(instance, evaluation) && rule.IsDecisive))
            {
                break;
            }
        }

        evaluation.Leave();
    }
}
