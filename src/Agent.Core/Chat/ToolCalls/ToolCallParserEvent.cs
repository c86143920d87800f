using System.Text.Json;

namespace Agent.Core.Chat.ToolCalls;

/// <summary>What <see cref="ToolCallStreamParser"/> found next in the text of a turn.</summary>
internal abstract record ToolCallParserEvent
{
    private ToolCallParserEvent()
    {
    }

    /// <summary>Text for the reader of the answer; never empty. One passage may come in several pieces.</summary>
    public sealed record Text(string Value) : ToolCallParserEvent;

    /// <summary>A complete call. The name may be that of no registered tool.</summary>
    /// <param name="Name">Name of the tool; never empty.</param>
    /// <param name="Arguments">An object, also where the model wrote none or wrote it as a string.</param>
    /// <param name="RawText">The JSON object as the model wrote it.</param>
    public sealed record ToolCall(string Name, JsonElement Arguments, string RawText) : ToolCallParserEvent;

    /// <summary>A call that cannot be made; the error is meant for the model.</summary>
    /// <param name="RawText">What stood between the tags, without the blanks around it, cut at the length limit.</param>
    /// <param name="Name">Name of the tool where it could be read.</param>
    /// <param name="Error">What is wrong and how to write it right.</param>
    public sealed record InvalidToolCall(string RawText, string? Name, string Error) : ToolCallParserEvent;
}
