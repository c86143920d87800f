namespace Agent.Core.Inference.Scheduling;

/// <summary>Policies of the scheduler.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>
    /// Most prompt tokens in a step that also decodes: it bounds how long running answers pause for a new prompt.
    /// </summary>
    public int PrefillTokensWhileDecoding { get; init; } = 512;

    /// <summary>Threads that choose tokens, the engine's included.</summary>
    public int SamplingThreads { get; init; } = 1;

    /// <summary>Logits in a step below which waking the other threads costs more than they save.</summary>
    public long LeastParallelLogits { get; init; } = 400_000;
}
