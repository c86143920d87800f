using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Core.Chat.Template;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>Turns chat messages into those of a template.</summary>
internal static class ChatMessageMapper
{
    private static readonly JsonSerializerOptions ResultJson = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    /// <summary>Maps a conversation.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="instructions">Further system text; it stands before that of the first message.</param>
    /// <exception cref="NotSupportedException">A message holds what a text model cannot read.</exception>
    public static List<TemplateMessage> Map(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var mapped = new List<TemplateMessage>();
        var index = 0;
        foreach (var message in messages)
        {
            Map(message, index++, mapped);
        }

        if (index == 0)
        {
            throw new ArgumentException("The conversation holds no message.", nameof(messages));
        }

        if (!string.IsNullOrEmpty(instructions))
        {
            AddInstructions(mapped, instructions);
        }

        return mapped;
    }

    private static void AddInstructions(List<TemplateMessage> mapped, string instructions)
    {
        if (mapped is [{ Role: "system" } first, ..])
        {
            mapped[0] = first with { Content = string.IsNullOrEmpty(first.Content) ? instructions : $"{instructions}\n\n{first.Content}" };
        }
        else
        {
            mapped.Insert(0, new TemplateMessage("system", instructions));
        }
    }

    private static void Map(ChatMessage message, int index, List<TemplateMessage> mapped)
    {
        var text = new StringBuilder();
        var calls = new List<TemplateToolCall>();
        var results = 0;
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(Map(call));
                    break;
                case FunctionResultContent result:
                    mapped.Add(new TemplateMessage("tool", ResultText(result)));
                    results++;
                    break;
                case TextReasoningContent or UsageContent or ErrorContent or ToolApprovalRequestContent or ToolApprovalResponseContent:
                    // Reasoning is not sent back by any format; usage, errors and what a person was asked are no part of a conversation.
                    break;
                default:
                    throw new NotSupportedException($"Message {index} holds {content.GetType().Name}; this model reads text, tool calls and tool results only. Remove it, or turn it into text.");
            }
        }

        if (results == 0 || text.Length > 0 || calls.Count > 0)
        {
            mapped.Add(new TemplateMessage(RoleOf(message, index), text.ToString(), calls.Count > 0 ? calls : null));
        }
    }

    private static string RoleOf(ChatMessage message, int index) => message.Role.Value.ToLowerInvariant() switch
    {
        "system" or "developer" => "system",
        "user" => "user",
        "assistant" => "assistant",
        "tool" => "tool",
        var other => throw new NotSupportedException($"Message {index} has the role '{other}'; the roles are system, user, assistant and tool."),
    };

    private static TemplateToolCall Map(FunctionCallContent call) => call is { Exception: not null, RawRepresentation: string raw }
        ? TemplateToolCall.FromMalformed(raw, call.Name)
        : new TemplateToolCall(call.Name, PythonJsonArguments.ToElement(call.Arguments));

    private static string ResultText(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is { } error ? $"Error: {error.Message}" : "null",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        TextContent text => text.Text,
        IEnumerable<AIContent> parts => string.Concat(parts.OfType<TextContent>().Select(p => p.Text)),
        var value => JsonSerializer.Serialize(value, ResultJson),
    };
}
