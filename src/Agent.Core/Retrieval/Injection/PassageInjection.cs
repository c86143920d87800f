using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Injection;

/// <summary>What was retrieved for a question, and the message with which the model is asked. Immutable.</summary>
public sealed class PassageInjection
{
    internal PassageInjection(string query, string question, IReadOnlyList<NumberedPassage> passages, string text)
    {
        Query = query;
        Question = question;
        Passages = passages;
        Text = text;
    }

    /// <summary>What was looked for.</summary>
    public string Query { get; }

    /// <summary>The question as the user wrote it.</summary>
    public string Question { get; }

    /// <summary>The passages, numbered 1 to n in the order of the prompt; empty where nothing relevant was found.</summary>
    public IReadOnlyList<NumberedPassage> Passages { get; }

    /// <summary>What stands in place of the question: the passages and then the question, or that there are none and the question.</summary>
    public string Text { get; }

    /// <summary>The conversation as the model is to read it. Neither the list nor its messages are changed.</summary>
    /// <param name="conversation">The conversation that the passages were retrieved for; more messages that are no questions may follow.</param>
    /// <returns>The same messages, the last question replaced by one with <see cref="Text"/>; contents other than text stay.</returns>
    /// <exception cref="ArgumentException">The conversation holds no question.</exception>
    public IReadOnlyList<ChatMessage> Apply(IReadOnlyList<ChatMessage> conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return UserQuestion.Replace(conversation, Text);
    }
}
