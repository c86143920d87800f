namespace Agent.Host.Benchmarks.Targets;

/// <summary>What comes back from a target: a piece of the answer, or at its end the usage.</summary>
/// <param name="Usage">The usage; null for a piece of the answer.</param>
internal readonly record struct LoadPiece(LoadUsage? Usage);
