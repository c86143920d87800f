namespace Agent.Core.Chat.ToolCalls;

/// <summary>Limits of <see cref="ToolCallStreamParser"/>.</summary>
internal sealed record ToolCallParserOptions
{
    /// <summary>Calls that a turn may hold, malformed ones included.</summary>
    /// <value>16; at least 1.</value>
    public int MaxCalls
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxCalls), value, "MaxCalls must be at least 1.");
    } = 16;

    /// <summary>Levels of objects and arrays in a call, the call itself included.</summary>
    /// <value>64; 1 to 64.</value>
    public int MaxNesting
    {
        get;
        init => field = value is >= 1 and <= JsonObjectScanner.NestingLimit
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxNesting), value, $"MaxNesting must be 1 to {JsonObjectScanner.NestingLimit}.");
    } = JsonObjectScanner.NestingLimit;

    /// <summary>Characters of one call's JSON.</summary>
    /// <value>1,048,576; 16 to 16,777,216.</value>
    public int MaxCallLength
    {
        get;
        init => field = value is >= 16 and <= 1 << 24
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxCallLength), value, "MaxCallLength must be 16 to 16777216.");
    } = 1 << 20;

    /// <summary>
    /// Whether only those tags count that <see cref="ToolCallStreamParser.MarkTag"/> named: the vocabulary has a token for each, and their literals
    /// in other tokens are no more than text.
    /// </summary>
    /// <value>Default false: every literal of a tag counts.</value>
    public bool TagsAreTokens { get; init; }
}
