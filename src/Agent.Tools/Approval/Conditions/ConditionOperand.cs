using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary>One side of a comparison.</summary>
internal abstract class ConditionOperand
{
    public abstract ConditionValue Evaluate(JsonElement arguments);

    /// <summary>Adds what is wrong with the operand itself under a schema of the arguments.</summary>
    public abstract void Check(JsonElement schema, List<string> problems);

    /// <summary>The only kind of value that it can have; null where the schema leaves that open.</summary>
    public abstract ConditionValueKind? TypeUnder(JsonElement schema);

    /// <summary>As it is shown in messages.</summary>
    public abstract string Describe();
}
