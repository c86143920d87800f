using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary><c>length(argument)</c>: characters (code points) of a text, items of a list, properties of an object.</summary>
internal sealed class LengthOperand(PathOperand path) : ConditionOperand
{
    public override ConditionValue Evaluate(JsonElement arguments)
    {
        var value = path.Evaluate(arguments);
        return value switch
        {
            { Kind: ConditionValueKind.Text } => ConditionValue.Of(value.Text!.EnumerateRunes().Count()),
            { Structure.ValueKind: JsonValueKind.Array } => ConditionValue.Of(value.Structure.GetArrayLength()),
            { Structure.ValueKind: JsonValueKind.Object } => ConditionValue.Of(value.Structure.GetPropertyCount()),
            _ => ConditionValue.Missing,
        };
    }

    public override void Check(JsonElement schema, List<string> problems)
    {
        path.Check(schema, problems);
        if (path.TypeUnder(schema) is ConditionValueKind.Number or ConditionValueKind.Boolean)
        {
            problems.Add($"{path.Describe()} has no length");
        }
    }

    public override ConditionValueKind? TypeUnder(JsonElement schema) => ConditionValueKind.Number;

    public override string Describe() => $"length({path.Describe()})";
}
