using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Cases;

/// <summary>A model that answers as a test says.</summary>
/// <param name="answer">Gets the question and the options, and answers.</param>
internal sealed class AnsweringClient(Func<string, ChatOptions, CancellationToken, Task<ChatResponse>> answer) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        answer(messages.Last().Text, options!, cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Cases are asked whole.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
