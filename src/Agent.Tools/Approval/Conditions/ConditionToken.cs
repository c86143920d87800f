namespace Agent.Tools.Approval.Conditions;

/// <summary>A word of a condition.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its text; of a quoted text, what the quotes hold.</param>
/// <param name="Offset">Where it begins.</param>
internal readonly record struct ConditionToken(ConditionTokenKind Kind, string Text, int Offset)
{
    /// <summary>As it is shown in messages.</summary>
    public string Shown => Kind == ConditionTokenKind.End ? "the end" : $"'{Text}'";
}
