using System.Runtime.CompilerServices;
using System.Text;
using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Host.Benchmarks.Loads;
using Microsoft.Extensions.AI;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>The model in this process, measured where its callers read: tokens of the engine made into text, or the chat client's stream.</summary>
internal sealed class EngineTarget : ILoadTarget, IAsyncDisposable
{
    private readonly InferenceEngine _engine;
    private readonly ITokenizer _tokenizer;
    private readonly LlamaChatClient _client;

    /// <summary>Takes over an engine.</summary>
    /// <param name="model">The model that it runs.</param>
    /// <param name="engine">The engine; it is stopped with this target.</param>
    public EngineTarget(LlamaModel model, InferenceEngine engine)
    {
        _engine = engine;
        _tokenizer = model.Tokenizer;
        _client = new LlamaChatClient(engine, model.Tokenizer, new QwenChatTemplate(), new LlamaChatClientOptions { ModelId = Path.GetFileNameWithoutExtension(model.Description.Path) });
    }

    public EngineStatus? Status => _engine.Status;

    public Func<CancellationToken, IAsyncEnumerable<LoadPiece>> Prepare(LoadRequest request) => request switch
    {
        TokenLoadRequest tokens => Prepare(new GenerationRequest
        {
            Prompt = tokens.Prompt,
            MaxTokens = tokens.OutputTokens,
            Sampling = tokens.Sampling,
            IgnoreEndOfGeneration = true,
        }),
        ChatLoadRequest chat => Prepare(chat.Messages, new ChatOptions
        {
            Tools = [.. chat.Tools],
            MaxOutputTokens = chat.OutputTokens,
            RawRepresentationFactory = _ => chat.Sampling,
            AdditionalProperties = new AdditionalPropertiesDictionary { ["ignore_eos"] = true },
        }),
        _ => throw new InvalidOperationException($"There is no way to send a {request.GetType().Name}."),
    };

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
    }

    private Func<CancellationToken, IAsyncEnumerable<LoadPiece>> Prepare(GenerationRequest request) => cancellationToken => StreamAsync(request, cancellationToken);

    private Func<CancellationToken, IAsyncEnumerable<LoadPiece>> Prepare(IReadOnlyList<ChatMessage> messages, ChatOptions options) =>
        cancellationToken => StreamAsync(messages, options, cancellationToken);

    private async IAsyncEnumerable<LoadPiece> StreamAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var generation = _engine.Submit(request);
        var decoder = Encoding.UTF8.GetDecoder();
        var text = new char[256];
        await foreach (var token in generation.ReadTokensAsync(cancellationToken).ConfigureAwait(false))
        {
            // A server makes text of its tokens, too.
            decoder.Convert(_tokenizer.GetBytes(token), text, flush: false, out _, out _, out _);
            yield return default;
        }

        yield return new LoadPiece(new LoadUsage(generation.PromptTokens, generation.CachedTokens, generation.Statistics?.CompletionTokens));
    }

    private async IAsyncEnumerable<LoadPiece> StreamAsync(IReadOnlyList<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in _client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            foreach (var content in update.Contents)
            {
                yield return content is UsageContent { Details: var usage }
                    ? new LoadPiece(new LoadUsage(usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount))
                    : default;
            }
        }
    }
}
