using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using WireMessage = OpenAI.Chat.ChatMessage;

namespace Agent.Host.Remote;

/// <summary>Turns chat messages into those of OpenAI's protocol.</summary>
internal static class OpenAIMessageMapper
{
    private static readonly JsonSerializerOptions Relaxed = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    /// <summary>Maps a conversation.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="instructions">Further system text; it stands before all.</param>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="NotSupportedException">A message holds something other than text, calls and results.</exception>
    public static List<WireMessage> Map(IEnumerable<ChatMessage> messages, string? instructions)
    {
        List<WireMessage> mapped = [];
        if (!string.IsNullOrEmpty(instructions))
        {
            mapped.Add(new SystemChatMessage(instructions));
        }

        var index = 0;
        foreach (var message in messages)
        {
            Map(message, index++, mapped);
        }

        return index > 0 ? mapped : throw new ArgumentException("The conversation holds no message.", nameof(messages));
    }

    private static void Map(ChatMessage message, int index, List<WireMessage> mapped)
    {
        var text = new StringBuilder();
        List<ChatToolCall> calls = [];
        var results = 0;
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(ChatToolCall.CreateFunctionToolCall(call.CallId, call.Name, BinaryData.FromString(ArgumentsText(call))));
                    break;
                case FunctionResultContent result:
                    mapped.Add(new ToolChatMessage(result.CallId, ResultText(result)));
                    results++;
                    break;
                case TextReasoningContent or UsageContent or ErrorContent or ToolApprovalRequestContent or ToolApprovalResponseContent:
                    // Reasoning is not sent back; usage, errors and what a person was asked are no part of a conversation.
                    break;
                default:
                    throw new NotSupportedException($"Message {index} holds {content.GetType().Name}; only text, tool calls and tool results are sent to servers. Remove it, or turn it into text.");
            }
        }

        if (results == 0 || text.Length > 0 || calls.Count > 0)
        {
            mapped.Add(Create(message, index, text.ToString(), calls));
        }
    }

    private static WireMessage Create(ChatMessage message, int index, string text, List<ChatToolCall> calls)
    {
        switch (message.Role.Value.ToLowerInvariant())
        {
            case "system" or "developer":
                return new SystemChatMessage(text);
            case "user":
                return new UserChatMessage(text);
            case "assistant" when calls.Count == 0:
                return new AssistantChatMessage(text);
            case "assistant":
                var assistant = new AssistantChatMessage(calls);
                if (text.Length > 0)
                {
                    assistant.Content.Add(ChatMessageContentPart.CreateTextPart(text));
                }

                return assistant;
            case var other:
                throw new NotSupportedException($"Message {index} has the role '{other}'; the roles are system, developer, user, assistant and tool (with results).");
        }
    }

    /// <summary>A call that could not be parsed goes back without arguments: many servers fail on text that is not JSON.</summary>
    private static string ArgumentsText(FunctionCallContent call) =>
        call.Exception is not null || call.Arguments is not { Count: > 0 } arguments ? "{}" : JsonSerializer.Serialize(arguments, Relaxed);

    private static string ResultText(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is { } error ? $"Error: {error.Message}" : "null",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        TextContent text => text.Text,
        IEnumerable<AIContent> parts => string.Concat(parts.OfType<TextContent>().Select(part => part.Text)),
        var value => JsonSerializer.Serialize(value, Relaxed),
    };
}
