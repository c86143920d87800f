namespace Agent.Core.Inference.Scheduling;

/// <summary>A prefix that a running task is computing, and that another one waits to copy.</summary>
/// <param name="Slot">Where it is computed.</param>
/// <param name="Task">The task that computes it.</param>
/// <param name="Tokens">Length of the prefix.</param>
internal sealed record AwaitedPrefix(SequenceSlot Slot, GenerationTask Task, int Tokens);
