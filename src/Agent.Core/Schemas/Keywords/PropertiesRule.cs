using System.Collections.Frozen;
using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Schemas.Keywords;

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>, which only together say what a property is.</summary>
internal sealed class PropertiesRule(
    Dictionary<string, SchemaNode> properties,
    IReadOnlyList<PatternProperty> patterns,
    SchemaNode? additional) : SchemaRule
{
    private readonly FrozenDictionary<string, SchemaNode> _properties = properties.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly string[] _names = [.. properties.Keys];

    public override bool Check(JsonElement instance, SchemaEvaluation evaluation)
    {
        if (instance.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var before = evaluation.Findings.Count;
        foreach (var property in instance.EnumerateObject())
        {
            if (evaluation.IsFull || !evaluation.Spend(1 + (patterns.Count * (1 + (property.Name.Length / 16)))))
            {
                return false;
            }

            CheckProperty(property, evaluation);
        }

        return evaluation.Findings.Count == before;
    }

    private void CheckProperty(JsonProperty property, SchemaEvaluation evaluation)
    {
        var name = property.Name;
        var known = false;
        if (_properties.TryGetValue(name, out var node))
        {
            known = true;
            evaluation.Descend(name, node, property.Value);
        }

        foreach (var pattern in patterns)
        {
            if (pattern.Name.IsMatch(name))
            {
                known = true;
                evaluation.Descend(name, pattern.Schema, property.Value);
            }
        }

        if (known || additional is null)
        {
            return;
        }

        if (additional.AllowsAnything)
        {
            evaluation.Descend(name, additional, property.Value);
        }
        else
        {
            evaluation.ReportAt(name, $"{evaluation.SubjectOf(name)} is not a known property{Hint(name)}");
        }
    }

    private string Hint(string name)
    {
        if (NearestName.Find(name, _names) is { } near)
        {
            return $"; did you mean {JsonText.Quote(near)}?";
        }

        return _names.Length == 0
            ? patterns.Count == 0 ? "; there are none" : ""
            : $"; known are {JsonText.List([.. _names.Select(JsonText.Quote)])}";
    }
}
