namespace Agent.Core.Inference.Embedding;

/// <summary>How pairs of texts are scored. Immutable.</summary>
public sealed record LlamaRerankerOptions
{
    /// <summary>Most tokens of a query and a text together, those included that the model expects around them.</summary>
    /// <value>
    /// 8 to 32,768, and no more than the model was trained for: what exceeds that is cut to it, with a warning that names both numbers. Default: null,
    /// what the model was trained for, up to 1,024. Memory and time of a step grow with its square.
    /// </value>
    public int? ContextTokens { get; init; }

    /// <summary>Most tokens that are computed at once.</summary>
    /// <value>32 to 32,768; at least <see cref="ContextTokens"/> are taken in any case. Default 512.</value>
    public int BatchTokens { get; init; } = 512;

    /// <summary>Most pairs that are computed at once.</summary>
    /// <value>1 to 256. Default 64.</value>
    public int MaxSequences { get; init; } = 64;

    /// <summary>CPU threads.</summary>
    /// <value>
    /// 1 to 512. Default: null, all cores up to four, half of them above, and fewer while other programs need the cores.
    /// </value>
    public int? Threads { get; init; }

    /// <summary>Calls that are worked on side by side; further ones wait until one of them is done.</summary>
    /// <value>1 to 100,000. Default 256.</value>
    public int QueueLimit { get; init; } = 256;

    internal PoolingShape Shape => new(ContextTokens, BatchTokens, MaxSequences, Threads, QueueLimit);

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside it; the message names it and the range.</exception>
    public void Validate() => Shape.Validate();
}
