using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using WireMessage = OpenAI.Chat.ChatMessage;

namespace Agent.Host.Remote;

/// <summary>An <see cref="IChatClient"/> over a server that speaks OpenAI's chat protocol.</summary>
/// <remarks>
/// Thread-safe. Messages and options of the caller are never changed. Every field of <see cref="ChatOptions"/> is sent or refused
/// with <see cref="NotSupportedException"/>; <see cref="ChatOptions.RawRepresentationFactory"/> may give a
/// <see cref="ChatCompletionOptions"/> to start from, and <see cref="ChatOptions.AdditionalProperties"/> are ignored. A call whose
/// arguments are no JSON object comes back with <see cref="FunctionCallContent.Exception"/>.
/// </remarks>
internal sealed class OpenAIChatClient : IChatClient
{
    /// <summary>The library insists on a key; servers that ask for none ignore it.</summary>
    private const string NoKey = "none";

    private readonly OpenAIChatClientOptions _options;
    private readonly ChatClient _client;
    private readonly RemoteFailure _failure;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates a client; nothing is sent yet.</summary>
    /// <param name="options">The server.</param>
    /// <param name="time">Clock of <see cref="ChatResponse.CreatedAt"/> where the server does not say. Default: the system's.</param>
    public OpenAIChatClient(OpenAIChatClientOptions options, TimeProvider? time = null)
    {
        _options = options;
        _time = time ?? TimeProvider.System;
        _failure = new RemoteFailure(options.Endpoint, options.ApiKey, options.Timeout, "Check that the server's model can call tools.");
        _metadata = new ChatClientMetadata("openai", options.Endpoint, options.Model);
        _client = new ChatClient(options.Model, new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? NoKey : options.ApiKey), new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            NetworkTimeout = options.Timeout,
            RetryPolicy = new ClientRetryPolicy(options.Retries),
        });
    }

    /// <inheritdoc/>
    /// <exception cref="RemoteChatException">The server did not answer as it should.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (wire, settings) = Map(messages, options);
        cancellationToken.ThrowIfCancellationRequested();
        return await _failure.GuardAsync(
            async () =>
            {
                ChatCompletion completion = await _client.CompleteChatAsync(wire, settings, cancellationToken).ConfigureAwait(false);
                return new RemoteTurn(_options.Model, _time).ToResponse(completion);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="RemoteChatException">The server did not answer as it should.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        // Mapped here and not in the iterator: a request that is refused is refused at the call.
        var (wire, settings) = Map(messages, options);
        cancellationToken.ThrowIfCancellationRequested();
        return StreamAsync(wire, settings, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(ChatClient) ? _client
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: connections are shared by the whole process.</summary>
    public void Dispose()
    {
    }

    private (List<WireMessage> Messages, ChatCompletionOptions Options) Map(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return (OpenAIMessageMapper.Map(messages, options?.Instructions), OpenAIOptionsMapper.Map(options, _options.Model));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(List<WireMessage> messages, ChatCompletionOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var turn = new RemoteTurn(_options.Model, _time);
        await using var updates = _client.CompleteChatStreamingAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await _failure.GuardAsync(() => updates.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
        {
            if (turn.Take(updates.Current) is { } update)
            {
                yield return update;
            }
        }

        // A stream that merely stops would otherwise pass for an answer.
        yield return turn.IsFinished ? turn.End() : throw _failure.Unfinished();
    }
}
