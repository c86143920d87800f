using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Agent.Host.Remote;

/// <summary>Turns chat options into those of OpenAI's protocol; what the protocol cannot say is refused.</summary>
internal static class OpenAIOptionsMapper
{
    /// <summary>Maps options.</summary>
    /// <param name="options">The options; null for none.</param>
    /// <param name="model">The model that the client asks.</param>
    /// <exception cref="NotSupportedException">A field has no place in the protocol.</exception>
    public static ChatCompletionOptions Map(ChatOptions? options, string model)
    {
        if (options is null)
        {
            return new ChatCompletionOptions();
        }

        RefuseUnsupported(options, model);
        var mapped = options.RawRepresentationFactory?.Invoke(null!) switch
        {
            null => new ChatCompletionOptions(),
            ChatCompletionOptions given => given,
            var other => throw new NotSupportedException($"ChatOptions.RawRepresentationFactory gave a {other.GetType().Name}; this client takes {nameof(ChatCompletionOptions)}."),
        };
        mapped.Temperature = options.Temperature ?? mapped.Temperature;
        mapped.TopP = options.TopP ?? mapped.TopP;
        mapped.MaxOutputTokenCount = options.MaxOutputTokens ?? mapped.MaxOutputTokenCount;
        mapped.FrequencyPenalty = options.FrequencyPenalty ?? mapped.FrequencyPenalty;
        mapped.PresencePenalty = options.PresencePenalty ?? mapped.PresencePenalty;
#pragma warning disable OPENAI001 // The seed is in the protocol for long; only its property is marked as a preview.
        mapped.Seed = options.Seed ?? mapped.Seed;
#pragma warning restore OPENAI001
        mapped.ResponseFormat = Format(options.ResponseFormat) ?? mapped.ResponseFormat;
        foreach (var stop in options.StopSequences ?? [])
        {
            mapped.StopSequences.Add(stop);
        }

        AddTools(options, mapped);
        return mapped;
    }

    private static void RefuseUnsupported(ChatOptions options, string model)
    {
        Refuse(options.ConversationId is not null, nameof(options.ConversationId), "no conversation is kept on the server; send all messages each time");
        Refuse(options.ContinuationToken is not null, nameof(options.ContinuationToken), "a response cannot be resumed; send the request again");
        Refuse(options.AllowBackgroundResponses == true, nameof(options.AllowBackgroundResponses), "responses do not run in the background; await them");
        Refuse(options.Reasoning is { Effort: not null }, nameof(options.Reasoning), "set it in a ChatCompletionOptions of RawRepresentationFactory");
        Refuse(options.TopK is not null, nameof(options.TopK), "the protocol has no such field; leave it empty");
        Refuse(options.ModelId is { } id && id != model, nameof(options.ModelId), $"this client asks for '{model}'; leave ModelId empty or make another client");
    }

    private static void Refuse(bool condition, string field, string why)
    {
        if (condition)
        {
            throw new NotSupportedException($"ChatOptions.{field} is not supported: {why}.");
        }
    }

    private static OpenAI.Chat.ChatResponseFormat? Format(Microsoft.Extensions.AI.ChatResponseFormat? format) => format switch
    {
        null => null,
        ChatResponseFormatJson { Schema: { } schema } json => OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
            json.SchemaName ?? "answer", BinaryData.FromString(schema.GetRawText()), json.SchemaDescription),
        ChatResponseFormatJson => OpenAI.Chat.ChatResponseFormat.CreateJsonObjectFormat(),
        _ => OpenAI.Chat.ChatResponseFormat.CreateTextFormat(),
    };

    private static void AddTools(ChatOptions options, ChatCompletionOptions mapped)
    {
        foreach (var tool in options.Tools ?? [])
        {
            var function = tool as AIFunctionDeclaration ?? tool.GetService<AIFunctionDeclaration>()
                ?? throw new NotSupportedException($"The tool '{tool.Name}' is a {tool.GetType().Name}; only functions are offered to servers. Remove it from ChatOptions.Tools.");
            mapped.Tools.Add(ChatTool.CreateFunctionTool(function.Name, NullIfEmpty(function.Description), BinaryData.FromString(function.JsonSchema.GetRawText())));
        }

        if (mapped.Tools.Count == 0)
        {
            // Servers refuse a choice among no tools.
            return;
        }

        mapped.AllowParallelToolCalls = options.AllowMultipleToolCalls ?? mapped.AllowParallelToolCalls;
        mapped.ToolChoice = options.ToolMode switch
        {
            NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
            RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
            RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
            _ => mapped.ToolChoice,
        };
    }

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
