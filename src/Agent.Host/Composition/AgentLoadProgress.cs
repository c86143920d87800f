namespace Agent.Host.Composition;

/// <summary>How far a starting agent is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Fraction">How much of the stage is done, 0 to 1; null where that is not known.</param>
internal sealed record AgentLoadProgress(AgentLoadStage Stage, double? Fraction = null);
