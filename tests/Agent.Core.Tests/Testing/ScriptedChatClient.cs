using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Testing;

/// <summary>
/// A model that plays rounds and remembers what it was asked. One script gives the same conversation streamed and whole.
/// </summary>
internal sealed class ScriptedChatClient(Func<int, ScriptedRound> rounds) : IChatClient
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;

    public ScriptedChatClient(params ScriptedRound[] rounds)
        : this(index => index < rounds.Length
            ? rounds[index]
            : throw new InvalidOperationException($"The script has {rounds.Length} rounds; round {index + 1} was asked for."))
    {
    }

    /// <summary>The requests so far, as they were when they came.</summary>
    public List<ScriptedRequest> Requests { get; } = [];

    /// <summary>The streams or calls that ended, in any way.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Completes when the first stream or call ended.</summary>
    public Task FirstEnded => _end.Task;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in PlayAsync(Next(messages, options, streaming: false), cancellationToken))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        PlayAsync(Next(messages, options, streaming: true), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private ScriptedRound Next(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streaming)
    {
        lock (Requests)
        {
            var index = Requests.Count;
            Requests.Add(new([.. messages], options?.Clone(), streaming));
            return rounds(index);
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> PlayAsync(
        ScriptedRound round, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            foreach (var step in round.Steps)
            {
                if (await step(cancellationToken) is { } update)
                {
                    yield return update;
                }
            }
        }
        finally
        {
            Interlocked.Increment(ref _ended);
            _end.TrySetResult();
        }
    }
}

/// <summary>One model call as it came.</summary>
internal sealed record ScriptedRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, bool Streaming);
