namespace Agent.Core.Chat.ToolCalls;

/// <summary>Whether a literal stands at a place of a <see cref="TurnText"/>.</summary>
internal enum LiteralMatch
{
    /// <summary>It does not, whatever follows.</summary>
    None,

    /// <summary>The text ends within it, and goes on.</summary>
    Partial,

    /// <summary>It does.</summary>
    Full,
}
