using System.Runtime.CompilerServices;
using Agent.Core.Chat.Constraints;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>An <see cref="IChatClient"/> whose model runs in this process.</summary>
/// <remarks>
/// <para>Thread-safe: requests of all callers are computed side by side. Messages and options of the caller are never changed.</para>
/// <para>
/// Every field of <see cref="ChatOptions"/> is honoured or refused with <see cref="NotSupportedException"/> before any work.
/// Of <see cref="ChatOptions.AdditionalProperties"/>, <c>min_p</c>, <c>repetition_penalty</c>, <c>logit_bias</c> and, for measuring,
/// <c>ignore_eos</c> (true: the answer goes on up to its limit of tokens) are honoured and others ignored; <see cref="ChatOptions.RawRepresentationFactory"/> may give a <see cref="Inference.Sampling.SamplingOptions"/> to start from.
/// </para>
/// <para>
/// Tool calls follow the schemas of the tools while they are written, unless <see cref="LlamaChatClientOptions.ConstrainToolCalls"/> is off,
/// and with <see cref="ChatResponseFormatJson"/> the answer is JSON of its schema, or a call where tools are offered. What a schema says
/// beyond structure (patterns, formats, bounds of numbers) is not held to here, and an answer that a token limit cuts off is not whole.
/// </para>
/// <para>Nothing leaves the process. The engine belongs to the caller: disposing the client leaves it running.</para>
/// </remarks>
public sealed class LlamaChatClient : IChatClient
{
    private readonly InferenceEngine _engine;
    private readonly ITokenizer _tokenizer;
    private readonly IChatTemplate _template;
    private readonly LlamaChatClientOptions _options;
    private readonly PromptEncoder _encoder;
    private readonly ChatConstraints _constraints;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates a client, and begins to read the vocabulary for constraints on a thread of the pool.</summary>
    /// <param name="engine">Runs the model.</param>
    /// <param name="tokenizer">Its vocabulary.</param>
    /// <param name="template">The format it was trained on.</param>
    /// <param name="options">Defaults.</param>
    /// <param name="time">Clock of <see cref="ChatResponse.CreatedAt"/>. Default: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A default is outside its range.</exception>
    public LlamaChatClient(InferenceEngine engine, ITokenizer tokenizer, IChatTemplate template, LlamaChatClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(options);
        options.Sampling.Validate();
        if (options.CallThreshold is { } threshold && !(threshold > 0 && threshold <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), threshold, "Agent:Model:CallThreshold must be above 0 and up to 1.");
        }

        _engine = engine;
        _tokenizer = tokenizer;
        _template = template;
        _options = options;
        _encoder = new PromptEncoder(tokenizer);
        _constraints = new ChatConstraints(tokenizer);
        _constraints.Prepare();
        _time = time ?? TimeProvider.System;
        _metadata = new ChatClientMetadata("llama.cpp", providerUri: null, options.ModelId);
    }

    /// <inheritdoc/>
    /// <exception cref="ContextOverflowException">The conversation does not fit the context; thrown before any work.</exception>
    /// <exception cref="QueueFullException">Too many requests wait.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ContextOverflowException">The conversation does not fit the context; thrown before any work.</exception>
    /// <exception cref="QueueFullException">Too many requests wait.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();

        // Planned here and not in the iterator: a request that is refused is refused at the call.
        return StreamAsync(ChatRequestPlanner.Plan(messages, options, _options, _template, _encoder, _constraints, _tokenizer), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(InferenceEngine) ? _engine
            : serviceType == typeof(ITokenizer) ? _tokenizer
            : serviceType == typeof(IChatTemplate) ? _template
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the engine belongs to the caller.</summary>
    public void Dispose()
    {
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(ChatRequestPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var turn = new ChatTurn(plan, _tokenizer, _options.ModelId, _time.GetUtcNow());
        using var generation = _engine.Submit(plan.Generation);
        foreach (var update in turn.Begin())
        {
            yield return update;
        }

        await foreach (var token in generation.ReadTokensAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var update in turn.Take(token))
            {
                yield return update;
            }

            if (turn.IsOver)
            {
                break;
            }
        }

        foreach (var update in turn.End(generation))
        {
            yield return update;
        }
    }
}
