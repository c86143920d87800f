namespace Agent.Core.Native;

/// <summary>Shape of an inference context.</summary>
internal sealed record NativeContextOptions
{
    /// <summary>Tokens one sequence can hold.</summary>
    public required int ContextPerSequence { get; init; }

    /// <summary>Sequences that live side by side, each with its own cells.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>Most tokens of a step that ask for logits; <see cref="MaxSequences"/> or more.</summary>
    public required int MaxOutputs { get; init; }

    /// <summary>Most tokens in one step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Most tokens that are computed at once.</summary>
    public required int MicroBatchSize { get; init; }

    /// <summary>Threads for decoding.</summary>
    public required int Threads { get; init; }

    /// <summary>Threads for prefill.</summary>
    public required int BatchThreads { get; init; }

    /// <summary>Storage of keys and values.</summary>
    public required KvCacheType KvType { get; init; }

    /// <summary>Flash attention.</summary>
    public required bool FlashAttention { get; init; }

    /// <summary>Whether a GPU computes, so that a step goes on after it was begun.</summary>
    public bool OnGpu { get; init; }

    /// <summary>Whether the best logits of each row are picked where they are computed.</summary>
    public bool SelectOnDevice { get; init; }

    /// <summary>Logits in a block of what is picked; null leaves the size to <see cref="LogitBlocks.For"/>.</summary>
    public int? SelectionBlock { get; init; }

    /// <summary>YaRN factor above the trained context; 1 leaves positions as the model has them.</summary>
    public float YarnFactor { get; init; } = 1;

    /// <summary>Trained context that <see cref="YarnFactor"/> stretches.</summary>
    public int YarnOriginalContext { get; init; }
}
