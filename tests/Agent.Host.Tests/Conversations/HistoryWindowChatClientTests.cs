using System.Runtime.CompilerServices;
using Agent.Core.Inference;
using Agent.Host.Conversations;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Conversations;

/// <summary>Which turns are left out of a conversation that does not fit.</summary>
public sealed class HistoryWindowChatClientTests
{
    [Fact]
    public async Task What_fits_passes_unchanged()
    {
        var inner = new BoundedClient(mostMessages: 10);
        using var window = new HistoryWindowChatClient(inner, 1000);
        window.BeginTurn();

        await window.GetResponseAsync(Conversation("a", "b"));

        Assert.Equal(["s", "a", "re a", "b"], inner.Seen.Single());
        Assert.Equal(0, window.DroppedTurns);
    }

    [Fact]
    public async Task The_oldest_turns_go_and_the_system_prompt_and_the_question_stay()
    {
        var inner = new BoundedClient(mostMessages: 4);
        using var window = new HistoryWindowChatClient(inner, 1000);
        window.BeginTurn();

        await window.GetResponseAsync(Conversation("a", "b", "c", "d"));

        Assert.Equal(["s", "c", "re c", "d"], inner.Seen.Single());
        Assert.Equal(2, window.DroppedTurns);
    }

    [Fact]
    public async Task A_later_round_of_the_turn_leaves_out_the_same_turns_and_keeps_its_own_tool_results()
    {
        var inner = new BoundedClient(mostMessages: 4);
        using var window = new HistoryWindowChatClient(inner, 1000);
        window.BeginTurn();
        var messages = Conversation("a", "b");
        await window.GetResponseAsync(messages);
        messages.Add(new ChatMessage(ChatRole.Assistant, "call"));
        messages.Add(new ChatMessage(ChatRole.Tool, "result"));

        await window.GetResponseAsync(messages);

        Assert.Equal(["s", "b", "call", "result"], inner.Seen[^1]);
        Assert.Equal(1, window.DroppedTurns);
    }

    [Fact]
    public async Task A_single_turn_that_does_not_fit_is_an_error()
    {
        using var window = new HistoryWindowChatClient(new BoundedClient(mostMessages: 1), 1000);
        window.BeginTurn();

        await Assert.ThrowsAsync<ContextOverflowException>(() => window.GetResponseAsync(Conversation("a", "b")));
    }

    [Fact]
    public async Task A_turn_that_begins_in_a_full_context_makes_room_for_its_answer()
    {
        var inner = new BoundedClient(mostMessages: 10) { PromptTokens = 760 };
        using var window = new HistoryWindowChatClient(inner, 1000);
        window.BeginTurn();
        await window.GetResponseAsync(Conversation("a"));
        Assert.Equal(761, window.HeldTokens);
        window.BeginTurn();

        await window.GetResponseAsync(Conversation("a", "b"));
        await window.GetResponseAsync(Conversation("a", "b"));

        Assert.Equal(["s", "b"], inner.Seen[1]);
        Assert.Equal(["s", "b"], inner.Seen[2]);
        Assert.Equal(1, window.DroppedTurns);
    }

    private static List<ChatMessage> Conversation(params string[] questions)
    {
        List<ChatMessage> messages = [new(ChatRole.System, "s")];
        foreach (var question in questions)
        {
            messages.Add(new ChatMessage(ChatRole.User, question));
            messages.Add(new ChatMessage(ChatRole.Assistant, $"re {question}"));
        }

        messages.RemoveAt(messages.Count - 1);
        return messages;
    }

    /// <summary>Its context holds so many messages.</summary>
    private sealed class BoundedClient(int mostMessages) : IChatClient
    {
        public List<string[]> Seen { get; } = [];

        public int PromptTokens { get; init; } = 1;

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            string[] texts = [.. messages.Select(m => m.Text)];
            if (texts.Length > mostMessages)
            {
                throw new ContextOverflowException(texts.Length, mostMessages);
            }

            await Task.CompletedTask;
            Seen.Add(texts);
            yield return new ChatResponseUpdate(ChatRole.Assistant, "answer");
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = PromptTokens, OutputTokenCount = 1 })]);
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
