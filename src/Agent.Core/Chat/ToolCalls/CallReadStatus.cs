namespace Agent.Core.Chat.ToolCalls;

/// <summary>What the reader of a call knows when it stops.</summary>
internal enum CallReadStatus
{
    /// <summary>The text ended before that was decided.</summary>
    NeedsMore,

    /// <summary>It is no call, but text.</summary>
    NoCall,

    /// <summary>It is a call, or one that cannot be made, and has ended.</summary>
    Complete,
}
