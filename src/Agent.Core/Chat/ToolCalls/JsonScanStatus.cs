namespace Agent.Core.Chat.ToolCalls;

/// <summary>Why <see cref="JsonObjectScanner"/> stopped.</summary>
internal enum JsonScanStatus
{
    /// <summary>The text ended before the object did.</summary>
    NeedsMore,

    /// <summary>A property name of the outermost object has been read.</summary>
    Key,

    /// <summary>The string value of the outermost property <c>name</c> has been read.</summary>
    Name,

    /// <summary>The object has closed.</summary>
    Complete,

    /// <summary>The text cannot be JSON, whatever follows.</summary>
    Error,
}
