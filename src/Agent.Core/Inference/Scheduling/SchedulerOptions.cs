namespace Agent.Core.Inference.Scheduling;

/// <summary>Policies of the scheduler.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>Most prompt tokens in a step that also decodes; within it, the time that steps take decides.</summary>
    public int PrefillTokensWhileDecoding { get; init; } = 2048;

    /// <summary>Most tokens of several prompts in a step: the first of them are not to wait for the last.</summary>
    public int PrefillTokensOfSeveral { get; init; } = 1024;

    /// <summary>Steps over which many short prompts are spread at most, where they are more than <see cref="PrefillTokensOfSeveral"/>.</summary>
    public int StepsOfShortPrompts { get; init; } = 4;

    /// <summary>How long a step may take that computes prompts beside running answers.</summary>
    public TimeSpan StepTarget { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How many times the time of a step without prompts it may take, if that is longer.</summary>
    public double MostSlowdown { get; init; } = 2.2;

    /// <summary>How many times <see cref="StepTarget"/> a step may take where many prompts wait and few answers run.</summary>
    public double MostStepTargets { get; init; } = 10;

    /// <summary>Fewest prompt tokens of a step, however long it takes: a smaller part of a prompt takes hardly less time.</summary>
    public int LeastChunk { get; init; } = 64;

    /// <summary>Fewest tokens of a prompt that is begun beside whole ones: a part costs a pass of its own, and small passes cost most a token.</summary>
    public int LeastPartBesideWhole { get; init; } = 512;

    /// <summary>Most rows of a step whose successors are wanted.</summary>
    public int MaxRows { get; init; } = 256;

    /// <summary>Most tokens that a sequence tries ahead of its last one; 0 tries none.</summary>
    public int DraftTokens { get; init; }

    /// <summary>Sequences that decode at once up to which they try tokens ahead; above, each row is better spent on another sequence.</summary>
    public int MostDraftingSequences { get; init; } = 4;

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
