using System.Text.Json;

namespace Agent.Tools.Approval.Conditions;

/// <summary>A part of a condition that is true, false, or cannot be decided.</summary>
internal abstract class ConditionNode
{
    public abstract bool? Evaluate(JsonElement arguments);

    /// <summary>Adds what can never be decided under a schema of the arguments.</summary>
    public abstract void Check(JsonElement schema, List<string> problems);
}
