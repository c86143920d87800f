using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary>A value while a condition is evaluated.</summary>
internal readonly record struct ConditionValue
{
    private ConditionValue(ConditionValueKind kind) => Kind = kind;

    public static ConditionValue Missing { get; } = new(ConditionValueKind.Missing);

    public static ConditionValue Null { get; } = new(ConditionValueKind.Null);

    public ConditionValueKind Kind { get; }

    public bool Boolean { get; private init; }

    public decimal Number { get; private init; }

    public string? Text { get; private init; }

    public JsonElement Structure { get; private init; }

    public static ConditionValue Of(bool value) => new(ConditionValueKind.Boolean) { Boolean = value };

    public static ConditionValue Of(decimal value) => new(ConditionValueKind.Number) { Number = value };

    public static ConditionValue Of(string value) => new(ConditionValueKind.Text) { Text = value };

    public static ConditionValue Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => Of(value.GetBoolean()),

        // A number that no decimal holds compares with nothing, so that a person is asked.
        JsonValueKind.Number => value.TryGetDecimal(out var number) ? Of(number) : new(ConditionValueKind.Structure) { Structure = value },
        JsonValueKind.String => Of(value.GetString()!),
        JsonValueKind.Null => Null,
        JsonValueKind.Undefined => Missing,
        _ => new(ConditionValueKind.Structure) { Structure = value },
    };
}
