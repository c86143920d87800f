using Agent.Core.Native;

namespace Agent.Core.Inference.Embedding;

/// <summary>How texts are embedded. Immutable.</summary>
public sealed record LlamaEmbeddingOptions
{
    /// <summary>The name under which embeddings are known.</summary>
    /// <value>Default: null, the name in the model's file, or the file's.</value>
    public string? ModelId { get; init; }

    /// <summary>How the vectors of the tokens become one: <see cref="PoolingType.Mean"/>, <see cref="PoolingType.Cls"/> or <see cref="PoolingType.Last"/>.</summary>
    /// <value>Default: null, as the model's file says. A file that does not say needs it.</value>
    public PoolingType? Pooling { get; init; }

    /// <summary>Most tokens of a text, those included that the model expects around it.</summary>
    /// <value>
    /// 8 to 32,768, and no more than the model was trained for: what exceeds that is cut to it, with a warning that names both numbers. Default: null,
    /// what the model was trained for, up to 1,024. Memory and time of a step grow with its square.
    /// </value>
    public int? ContextTokens { get; init; }

    /// <summary>Most tokens that are computed at once.</summary>
    /// <value>
    /// 32 to 32,768; at least <see cref="ContextTokens"/> are taken in any case. Default 512. A decoder also computes a row of logits for each, four
    /// bytes for every token of its vocabulary.
    /// </value>
    public int BatchTokens { get; init; } = 512;

    /// <summary>Most texts that are computed at once.</summary>
    /// <value>1 to 256. Default 64.</value>
    public int MaxSequences { get; init; } = 64;

    /// <summary>What becomes of a text that is too long.</summary>
    /// <value>Default <see cref="OverlongText.Cut"/>.</value>
    public OverlongText Overlong { get; init; } = OverlongText.Cut;

    /// <summary>Stands before every text that is a query, for example <c>query: </c>, as the model's card says.</summary>
    /// <value>Empty by default.</value>
    public string QueryPrefix { get; init; } = "";

    /// <summary>Stands before every text that is a document, for example <c>passage: </c>, as the model's card says.</summary>
    /// <value>Empty by default.</value>
    public string DocumentPrefix { get; init; } = "";

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
    public void Validate()
    {
        Shape.Validate();
        if (Pooling is not (null or PoolingType.Mean or PoolingType.Cls or PoolingType.Last))
        {
            throw new ArgumentOutOfRangeException(nameof(Pooling), Pooling, "Pooling must be Mean, Cls or Last.");
        }

        if (!Enum.IsDefined(Overlong))
        {
            throw new ArgumentOutOfRangeException(nameof(Overlong), Overlong, "Overlong must be Cut or Refuse.");
        }
    }
}
