using Agent.Core.Inference.Sampling;

namespace Agent.Core.Chat.Client;

/// <summary>How a <see cref="LlamaChatClient"/> answers where a request says nothing.</summary>
public sealed record LlamaChatClientOptions
{
    /// <summary>Name of the model in responses, and the only one that requests may ask for.</summary>
    public required string ModelId { get; init; }

    /// <summary>How tokens are chosen; the fields that a request sets replace these.</summary>
    /// <value>Default: greedy.</value>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>Most tokens of an answer.</summary>
    /// <value>1 or more. Default: null, as many as the context holds.</value>
    public int? MaxOutputTokens { get; init; }

    /// <summary>
    /// Where tools are offered and the model may choose, it calls one if the probability of beginning with a call is at
    /// least this. Small models abstain too often at their own one half.
    /// </summary>
    /// <value>Above 0, up to 1. Default: null, the model chooses as it samples.</value>
    public double? CallThreshold { get; init; }

    /// <summary>
    /// Whether tool calls are held to their form and to the JSON Schemas of the tools while they are written. What a schema says
    /// beyond structure (patterns, formats, bounds of numbers) is left to validation.
    /// </summary>
    /// <value>Default true.</value>
    public bool ConstrainToolCalls { get; init; } = true;

    /// <summary>Most tool calls in one turn; what exceeds it comes back as one invalid call.</summary>
    /// <value>1 or more. Default 16.</value>
    public int MaxToolCallsPerTurn { get; init; } = 16;
}
