namespace Agent.Core.Inference.Scheduling;

/// <summary>Policies of the scheduler.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>
    /// Most prompt tokens in a step that also decodes: it bounds how long running answers pause for a new prompt.
    /// </summary>
    public int PrefillTokensWhileDecoding { get; init; } = 512;

    /// <summary>A request with at most so many tokens to compute is short; one such prompt fits into a step beside decoding.</summary>
    public int ShortTokens { get; init; } = 512;

    /// <summary>A request with at most so many tokens to compute is of medium length; above, it is long.</summary>
    public int MediumTokens { get; init; } = 4096;

    /// <summary>
    /// Waiting that is worth one rank: a medium request gives way to the short ones that come within this time after it, a long one within
    /// twice this time, and each priority counts as much as three lengths.
    /// </summary>
    public TimeSpan AgeingInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many tokens of its prompt a second of waiting is worth when prompts share a step, shortest first.</summary>
    public int PrefillAgeing { get; init; } = 1024;

    /// <summary>Times a request can be made to give its sequence up for one that matters more.</summary>
    public int MaxPreemptions { get; init; } = 3;

    /// <summary>
    /// Rows that may be spent to close a hole between the sequences of a step; 0 leaves holes. Worth it where a pass over the weights costs
    /// more than a row, as on a GPU.
    /// </summary>
    public int MostFillers { get; init; }

    /// <summary>Prefixes that can be pinned.</summary>
    public int MaxPins { get; init; } = 8;

    /// <summary>Threads that choose tokens, the engine's included.</summary>
    public int SamplingThreads { get; init; } = 1;

    /// <summary>Logits in a step below which waking the other threads costs more than they save.</summary>
    public long LeastParallelLogits { get; init; } = 400_000;
}
