using Agent.Core.Inference;

namespace Agent.Host.Benchmarks.Figures;

/// <summary>What the engine's steps of a run took.</summary>
/// <param name="Steps">How many there were.</param>
/// <param name="Times">Where their time went.</param>
internal sealed record StepFigures(long Steps, StepTimes Times)
{
    /// <summary>What an engine did between two moments; null where it did nothing, or cannot be seen.</summary>
    public static StepFigures? Between(EngineStatus? before, EngineStatus? after) =>
        before is not null && after is not null && after.Steps > before.Steps ? new StepFigures(after.Steps - before.Steps, after.Times - before.Times) : null;
}
