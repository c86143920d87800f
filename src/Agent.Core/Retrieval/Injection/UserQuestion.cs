using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Injection;

/// <summary>The questions of a conversation: messages of the user that hold text. The answer to a request for approval is none.</summary>
internal static class UserQuestion
{
    /// <summary>The index of the last question before an index; -1 if there is none.</summary>
    public static int LastBefore(IReadOnlyList<ChatMessage> conversation, int end)
    {
        for (var i = Math.Min(end, conversation.Count) - 1; i >= 0; i--)
        {
            if (conversation[i].Role == ChatRole.User && !string.IsNullOrWhiteSpace(conversation[i].Text))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A conversation in which the last question reads differently. The caller's messages stay as they are.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="text">What stands in place of the question's text; what else its message holds (images) stays where it is.</param>
    public static IReadOnlyList<ChatMessage> Replace(IReadOnlyList<ChatMessage> conversation, string text)
    {
        var index = LastBefore(conversation, conversation.Count);
        if (index < 0)
        {
            throw new ArgumentException("The conversation holds no question. Pass the conversation that the passages were retrieved for.", nameof(conversation));
        }

        var question = conversation[index].Clone();
        var first = conversation[index].Contents.OfType<TextContent>().First();
        question.Contents = [.. conversation[index].Contents
            .Where(content => content is not TextContent || content == first)
            .Select(content => content == first ? new TextContent(text) : content)];
        return [.. conversation.Take(index), question, .. conversation.Skip(index + 1)];
    }
}
