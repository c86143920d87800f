using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Copies of a response, so that a client's object stays as it is.</summary>
internal static class ChatResponseExtensions
{
    /// <summary>The same response with other messages.</summary>
    public static ChatResponse WithMessages(this ChatResponse response, IList<ChatMessage> messages) => new(messages)
    {
        ResponseId = response.ResponseId,
        ConversationId = response.ConversationId,
        ModelId = response.ModelId,
        CreatedAt = response.CreatedAt,
        FinishReason = response.FinishReason,
        Usage = response.Usage,
    };
}
