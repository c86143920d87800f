namespace Agent.Core.Inference.Scheduling.Offload;

/// <summary>When idle conversations move to host memory and back.</summary>
internal sealed record OffloadOptions
{
    /// <summary>Bytes that states in host memory may take together.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>Most states at once, whatever their size: it bounds the search among them.</summary>
    public int MaxEntries { get; init; } = 1024;

    /// <summary>A move must save at least this many tokens of prefill; fewer are computed before the bookkeeping is done.</summary>
    public int LeastTokens { get; init; } = 128;

    /// <summary>
    /// The longest that a save may hold up answers that are being written. llama.cpp saves a sequence in one piece on the engine's thread, and a
    /// longer pause is one that a reader sees; while nobody is answered, there is no limit. A restore has none either: it stands in for computing,
    /// which would slow the others down for longer.
    /// </summary>
    public TimeSpan MostPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes a second that a save or a restore is taken for before one was measured: pageable memory over a bus, or within a CPU's.</summary>
    public double AssumedBytesPerSecond { get; init; } = 4e9;

    /// <summary>Prompt tokens a second before a step was measured.</summary>
    public double AssumedTokensPerSecond { get; init; } = 4000;
}
