using System.Globalization;
using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary>A value that stands in the condition.</summary>
internal sealed class LiteralOperand(ConditionValue value) : ConditionOperand
{
    public ConditionValue Value => value;

    public override ConditionValue Evaluate(JsonElement arguments) => value;

    public override void Check(JsonElement schema, List<string> problems)
    {
    }

    public override ConditionValueKind? TypeUnder(JsonElement schema) => value.Kind;

    public override string Describe() => value.Kind switch
    {
        ConditionValueKind.Text => $"'{value.Text}'",
        ConditionValueKind.Number => value.Number.ToString(CultureInfo.InvariantCulture),
        ConditionValueKind.Boolean => value.Boolean ? "true" : "false",
        _ => "null",
    };
}
