namespace Agent.Tools.Approval.Conditions;

/// <summary>The kinds of words in a condition.</summary>
internal enum ConditionTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A name or keyword.</summary>
    Word,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A quoted text, without its quotes.</summary>
    Text,

    /// <summary>An operator or bracket.</summary>
    Symbol,
}
