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
/// Of <see cref="ChatOptions.AdditionalProperties"/>, <c>min_p</c>, <c>repetition_penalty</c>, <c>logit_bias</c>, <c>priority</c>, <c>cache_salt</c>
/// and, for measuring, <c>ignore_eos</c> (true: the answer goes on up to its limit of tokens) are honoured and others ignored;
/// <see cref="ChatOptions.RawRepresentationFactory"/> may give a <see cref="Inference.Sampling.SamplingOptions"/> to start from.
/// </para>
/// <para>
/// <c>priority</c> is <c>"low"</c>, <c>"normal"</c> (the default), <c>"high"</c> or a <see cref="RequestPriority"/>: how much the request matters
/// beside others that wait. <c>cache_salt</c> is a string of up to <see cref="GenerationRequest.MaxCacheSaltLength"/> characters (default: empty):
/// only requests of the same salt share what is in the KV cache, and texts that are encoded already, so give each tenant its own. Another value is an <see cref="ArgumentException"/>
/// that names the key and what is allowed.
/// </para>
/// <para>
/// The system message and the tools, with which all requests of one agent begin, stay in the KV cache while anything else can go, if
/// there are tools or this part has 64 tokens or more.
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
            var updates = turn.Take(token);
            if (turn.IsOver)
            {
                // Before the last updates are handed over: whoever reads them may take his time.
                generation.Stop();
            }

            foreach (var update in updates)
            {
                yield return update;
            }

            if (turn.IsOver)
            {
                break;
            }
        }

        if (turn.IsOver)
        {
            await DrainAsync(generation).ConfigureAwait(false);
        }

        foreach (var update in turn.End(generation))
        {
            yield return update;
        }
    }

    /// <summary>
    /// Reads what the engine wrote before it saw the stop, up to the end: it comes before the engine's next step, and with it the statistics. A reader
    /// that reads is never paused.
    /// </summary>
    private static async Task DrainAsync(Generation generation)
    {
        try
        {
            await foreach (var _ in generation.ReadTokensAsync(CancellationToken.None).ConfigureAwait(false))
            {
            }
        }
        catch (EngineException)
        {
            // The answer is whole; an engine that fails or stops now takes nothing from it but the timings.
        }
    }
}
