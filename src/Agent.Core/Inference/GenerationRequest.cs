using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Sampling.Constraints;

namespace Agent.Core.Inference;

/// <summary>One generation to run: a prompt in token ids, and how to continue it.</summary>
public sealed record GenerationRequest
{
    /// <summary>Most characters of <see cref="CacheSalt"/>.</summary>
    public const int MaxCacheSaltLength = 256;

    /// <summary>The prompt; at least one token, each inside the vocabulary.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>How tokens are chosen.</summary>
    /// <value>Default: greedy.</value>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>Most tokens to generate; null means as many as the context holds.</summary>
    /// <value>1 or more. What exceeds the room in the context is cut with <see cref="StopReason.ContextFull"/>.</value>
    public int? MaxTokens { get; init; }

    /// <summary>How much this request matters beside others.</summary>
    /// <value>Default <see cref="RequestPriority.Normal"/>.</value>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>Only requests of the same salt share what is in the KV cache, so that no tenant can time another one's prompts.</summary>
    /// <value>Up to <see cref="MaxCacheSaltLength"/> characters. Default: empty, shared by all requests without a salt.</value>
    public string CacheSalt { get; init; } = string.Empty;

    /// <summary>
    /// How many first tokens of the prompt are to stay in the KV cache while anything else can go: those of the system prompt and of the tools.
    /// Of the different prefixes that were pinned, those used last stay so.
    /// </summary>
    /// <value>0 to the length of the prompt. Default 0.</value>
    public int PinnedTokens { get; init; }

    /// <summary>Goes on where the model would end its turn, up to the token limit. For measuring.</summary>
    /// <value>Default false.</value>
    public bool IgnoreEndOfGeneration { get; init; }

    /// <summary>
    /// Processors of this request, run after the penalties of <see cref="Sampling"/>. One that keeps state makes a request that can be submitted
    /// once only.
    /// </summary>
    public IReadOnlyList<ILogitProcessor> LogitProcessors { get; init; } = [];

    /// <summary>Filters of this request, run before the temperature.</summary>
    public IReadOnlyList<ICandidateFilter> CandidateFilters { get; init; } = [];

    /// <summary>What the text of this request must look like. The engine begins it anew each time that the request is submitted.</summary>
    internal ITokenConstraint? Constraint { get; init; }
}
