namespace Agent.Tools.Approval.Conditions;

/// <summary>What a value of a condition is.</summary>
internal enum ConditionValueKind
{
    /// <summary>There is none: an absent argument.</summary>
    Missing,

    /// <summary>null.</summary>
    Null,

    /// <summary>A truth value.</summary>
    Boolean,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A list or an object, which nothing but <c>contains</c>, <c>length</c> and <c>exists</c> looks into.</summary>
    Structure,
}
