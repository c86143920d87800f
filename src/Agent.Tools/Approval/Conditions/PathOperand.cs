using System.Text.Json;
using Agent.Tools.Yaml;

namespace Agent.Tools.Approval.Conditions;

/// <summary>An argument, or a part of one.</summary>
/// <param name="steps">Names and indexes, beginning with the argument's name.</param>
internal sealed class PathOperand(IReadOnlyList<object> steps) : ConditionOperand
{
    public override ConditionValue Evaluate(JsonElement arguments)
    {
        var value = arguments;
        foreach (var step in steps)
        {
            if (step is string name)
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                {
                    return ConditionValue.Missing;
                }
            }
            else if (value.ValueKind == JsonValueKind.Array && (int)step < value.GetArrayLength())
            {
                value = value[(int)step];
            }
            else
            {
                return ConditionValue.Missing;
            }
        }

        return ConditionValue.Of(value);
    }

    public override void Check(JsonElement schema, List<string> problems)
    {
        var at = schema;
        foreach (var step in steps)
        {
            if (step is not string name || at.ValueKind != JsonValueKind.Object || !at.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
            {
                // Beyond what is declared plainly, only a call can tell.
                return;
            }

            if (!properties.TryGetProperty(name, out at))
            {
                var known = properties.EnumerateObject().Select(property => property.Name).ToList();
                problems.Add($"there is no argument \"{name}\". {Suggestion.For(name, known, "The arguments are")}");
                return;
            }
        }
    }

    public override ConditionValueKind? TypeUnder(JsonElement schema)
    {
        var at = schema;
        foreach (var step in steps)
        {
            if (step is not string name || at.ValueKind != JsonValueKind.Object || !at.TryGetProperty("properties", out var properties)
                || properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at.ValueKind == JsonValueKind.Object && at.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString() switch
            {
                "number" or "integer" => ConditionValueKind.Number,
                "string" => ConditionValueKind.Text,
                "boolean" => ConditionValueKind.Boolean,
                "null" => ConditionValueKind.Null,
                "array" or "object" => ConditionValueKind.Structure,
                _ => null,
            }
            : null;
    }

    public override string Describe() => string.Concat(steps.Select((step, i) => step is int index ? $"[{index}]" : i == 0 ? $"{step}" : $".{step}"));
}
