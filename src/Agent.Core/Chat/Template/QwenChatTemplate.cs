using System.Text.Json;

namespace Agent.Core.Chat.Template;

/// <summary>The chat format of Qwen2.5, byte for byte as its reference Jinja template renders it.</summary>
/// <remarks>
/// The reference drops messages of unknown roles without a word; so does this. It fails on content that is null or not
/// text; this throws <see cref="ArgumentException"/> wherever content is missing, also where the reference would print
/// <c>None</c>.
/// </remarks>
public sealed class QwenChatTemplate : IChatTemplate
{
    private const string DefaultSystem = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    private const string ToolsHeader =
        "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
        + "You are provided with function signatures within <tools></tools> XML tags:\n<tools>";

    private const string ToolsFooter =
        "\n</tools>\n\nFor each function call, return a json object with function name and arguments "
        + "within <tool_call></tool_call> XML tags:\n<tool_call>\n"
        + "{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    /// <summary>Passages of the Jinja source that together mark this format.</summary>
    private static readonly string[] SourceMarks =
    [
        "<|im_start|>",
        "<|im_end|>",
        "You may call one or more functions to assist with the user query.",
        "<tools></tools>",
        "<tool_call>",
        "<tool_response>",
        "tojson",
    ];

    /// <summary>Passages of related templates that render differently (thinking blocks of Qwen3).</summary>
    private static readonly string[] ForeignMarks = ["<think>", "reasoning_content"];

    /// <inheritdoc/>
    public string Name => "qwen2.5";

    /// <summary>Whether the chat template of a model file is of this format.</summary>
    /// <param name="chatTemplateSource">The Jinja source (GGUF key <c>tokenizer.chat_template</c>); null when there is none.</param>
    /// <remarks>
    /// It looks for the passages that make up the format, so that files with another default system text still match.
    /// It does not prove that both render the same.
    /// </remarks>
    public static bool Matches(string? chatTemplateSource) =>
        chatTemplateSource is not null
        && Array.TrueForAll(SourceMarks, mark => chatTemplateSource.Contains(mark, StringComparison.Ordinal))
        && !Array.Exists(ForeignMarks, mark => chatTemplateSource.Contains(mark, StringComparison.Ordinal));

    /// <inheritdoc/>
    public IReadOnlyList<PromptSegment> Render(
        IReadOnlyList<TemplateMessage> messages,
        IReadOnlyList<JsonElement> tools,
        bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(tools);
        if (messages.Count == 0)
        {
            throw new ArgumentException("There are no messages; pass at least one.", nameof(messages));
        }

        var output = new SegmentBuilder();
        RenderSystem(output, messages, tools);
        for (var i = 0; i < messages.Count; i++)
        {
            RenderMessage(output, messages, i);
        }

        if (addGenerationPrompt)
        {
            output.Trusted("<|im_start|>assistant\n");
        }

        return output.ToSegments();
    }

    private static void RenderSystem(
        SegmentBuilder output,
        IReadOnlyList<TemplateMessage> messages,
        IReadOnlyList<JsonElement> tools)
    {
        output.Trusted("<|im_start|>system\n");
        if (string.Equals(messages[0].Role, "system", StringComparison.Ordinal))
        {
            output.Untrusted(ContentOf(messages, 0));
        }
        else
        {
            output.Trusted(DefaultSystem);
        }

        if (tools.Count > 0)
        {
            output.Trusted(ToolsHeader);
            for (var i = 0; i < tools.Count; i++)
            {
                output.Trusted("\n");
                output.Untrusted(WriteJson(tools[i], "tools", i));
            }

            output.Trusted(ToolsFooter);
        }

        output.Trusted("<|im_end|>\n");
        output.EndSystem();
    }

    private static void RenderMessage(SegmentBuilder output, IReadOnlyList<TemplateMessage> messages, int index)
    {
        var message = messages[index];
        switch (message.Role)
        {
            case "system" when index == 0:
                break;
            case "assistant" when message.ToolCalls is { Count: > 0 } calls:
                RenderCalls(output, message.Content, calls, index);
                break;
            case "user" or "system" or "assistant":
                output.Trusted("<|im_start|>" + message.Role + "\n");
                output.Untrusted(ContentOf(messages, index));
                output.Trusted("<|im_end|>\n");
                break;
            case "tool":
                RenderToolResult(output, messages, index);
                break;
            default:
                break;
        }
    }

    private static void RenderCalls(
        SegmentBuilder output,
        string? content,
        IReadOnlyList<TemplateToolCall> calls,
        int messageIndex)
    {
        output.Trusted("<|im_start|>assistant");
        if (!string.IsNullOrEmpty(content))
        {
            output.Trusted("\n");
            output.Untrusted(content);
        }

        foreach (var call in calls)
        {
            output.Trusted("\n<tool_call>\n");
            if (call.RawText is not null)
            {
                output.Untrusted(call.RawText);
            }
            else
            {
                output.Trusted("{\"name\": \"");
                output.Untrusted(call.Name);
                output.Trusted("\", \"arguments\": ");
                output.Untrusted(call.Arguments.ValueKind == JsonValueKind.Undefined
                    ? "{}"
                    : WriteJson(call.Arguments, "messages", messageIndex));
                output.Trusted("}");
            }

            output.Trusted("\n</tool_call>");
        }

        output.Trusted("<|im_end|>\n");
    }

    private static void RenderToolResult(SegmentBuilder output, IReadOnlyList<TemplateMessage> messages, int index)
    {
        if (index == 0 || !IsTool(messages[index - 1]))
        {
            output.Trusted("<|im_start|>user");
        }

        output.Trusted("\n<tool_response>\n");
        output.Untrusted(ContentOf(messages, index));
        output.Trusted("\n</tool_response>");
        if (index == messages.Count - 1 || !IsTool(messages[index + 1]))
        {
            output.Trusted("<|im_end|>\n");
        }
    }

    private static bool IsTool(TemplateMessage message) => string.Equals(message.Role, "tool", StringComparison.Ordinal);

    private static string ContentOf(IReadOnlyList<TemplateMessage> messages, int index) =>
        messages[index].Content ?? throw new ArgumentException(
            $"messages[{index}] ({messages[index].Role}) has no text content; set its content to a string "
            + "(empty if it says nothing). Only an assistant message with tool calls may go without.",
            nameof(messages));

    private static string WriteJson(JsonElement value, string list, int index)
    {
        try
        {
            return PythonJson.Write(value);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{list}[{index}] cannot be rendered. {e.Message}", list, e);
        }
    }
}
