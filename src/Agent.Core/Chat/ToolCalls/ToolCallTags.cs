namespace Agent.Core.Chat.ToolCalls;

/// <summary>The tags between which a model of the Qwen family writes a call.</summary>
internal static class ToolCallTags
{
    public const string Open = "<tool_call>";

    public const string Close = "</tool_call>";
}
