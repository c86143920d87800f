using System.Runtime.CompilerServices;
using Agent.Core.Inference;
using Microsoft.Extensions.AI;

namespace Agent.Host.Conversations;

/// <summary>
/// Leaves out the oldest turns of a conversation that no longer fits the context. It stands under the tool loop, so that a
/// turn that grows too long in its second round goes on, and its tools do not run twice. One conversation at a time.
/// </summary>
internal sealed class HistoryWindowChatClient(IChatClient inner, int contextTokens) : IChatClient
{
    private bool _turnBegins;

    /// <summary>Turns left out since <see cref="BeginTurn"/>.</summary>
    public int DroppedTurns { get; private set; }

    /// <summary>Tokens of the last prompt and its answer.</summary>
    public long HeldTokens { get; private set; }

    /// <summary>A new turn begins; the messages no longer hold what was left out before.</summary>
    public void BeginTurn()
    {
        DroppedTurns = 0;
        _turnBegins = true;
    }

    /// <summary>A new conversation begins.</summary>
    public void Reset()
    {
        DroppedTurns = 0;
        HeldTokens = 0;
    }

    /// <summary>Removes the oldest turn, a question with all that followed it.</summary>
    /// <returns>False where the only turn is the one under way.</returns>
    public static bool DropOldestTurn(List<ChatMessage> messages)
    {
        var first = messages.FindIndex(IsQuestion);
        var second = first < 0 ? -1 : messages.FindIndex(first + 1, IsQuestion);
        if (second < 0)
        {
            return false;
        }

        messages.RemoveRange(first, second - first);
        return true;
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var window = Window(messages);
        await using var updates = await BeginAsync(window, options, cancellationToken);
        do
        {
            var update = updates.Current;
            foreach (var usage in update.Contents.OfType<UsageContent>())
            {
                HeldTokens = (usage.Details.InputTokenCount ?? 0) + (usage.Details.OutputTokenCount ?? 0);
            }

            yield return update;
        }
        while (await updates.MoveNextAsync());
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(HistoryWindowChatClient) ? this : inner.GetService(serviceType, serviceKey);

    /// <summary>Leaves the inner client alone: it belongs to the agent.</summary>
    public void Dispose()
    {
    }

    /// <summary>The answer to a request for approval belongs to the turn that asked.</summary>
    private static bool IsQuestion(ChatMessage message) =>
        message.Role == ChatRole.User && !(message.Contents.Count > 0 && message.Contents.All(content => content is ToolApprovalResponseContent));

    private List<ChatMessage> Window(IEnumerable<ChatMessage> messages)
    {
        List<ChatMessage> window = [.. messages];
        for (var i = 0; i < DroppedTurns; i++)
        {
            DropOldestTurn(window);
        }

        // A prompt that just fits leaves no room for the answer.
        const double FullEnough = 0.75;
        if (_turnBegins && HeldTokens > contextTokens * FullEnough && DropOldestTurn(window))
        {
            DroppedTurns++;
        }

        _turnBegins = false;
        return window;
    }

    /// <summary>The updates from the first on, with as few turns left out as it takes.</summary>
    private async ValueTask<IAsyncEnumerator<ChatResponseUpdate>> BeginAsync(List<ChatMessage> window, ChatOptions? options, CancellationToken cancellationToken)
    {
        while (true)
        {
            IAsyncEnumerator<ChatResponseUpdate>? updates = null;
            try
            {
                updates = inner.GetStreamingResponseAsync([.. window], options, cancellationToken).GetAsyncEnumerator(cancellationToken);
                if (await updates.MoveNextAsync())
                {
                    return updates;
                }

                await updates.DisposeAsync();
                throw new InvalidOperationException("The model ended its turn without a single update.");
            }
            catch (ContextOverflowException) when (DropOldestTurn(window))
            {
                DroppedTurns++;
                if (updates is not null)
                {
                    await updates.DisposeAsync();
                }
            }
        }
    }
}
