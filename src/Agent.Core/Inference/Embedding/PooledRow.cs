namespace Agent.Core.Inference.Embedding;

/// <summary>What became of one sequence: its numbers, or why there are none.</summary>
internal sealed record PooledRow(float[]? Values, EngineException? Failure);
