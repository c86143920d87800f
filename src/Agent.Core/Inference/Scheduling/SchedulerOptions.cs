namespace Agent.Core.Inference.Scheduling;

/// <summary>Policies of the scheduler.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>
    /// Most prompt tokens in a step that also decodes: it bounds how long running answers pause for a new prompt.
    /// </summary>
    public int PrefillTokensWhileDecoding { get; init; } = 512;
}
