namespace Agent.Core.Inference;

/// <summary>The engine at one moment.</summary>
/// <param name="Active">Requests that hold a sequence.</param>
/// <param name="Queued">Requests that wait for one.</param>
/// <param name="MaxSequences">Sequences there are.</param>
/// <param name="CachedTokens">Tokens in the KV cache, of running and of past requests.</param>
/// <param name="Steps">Steps run since the start.</param>
public sealed record EngineStatus(int Active, int Queued, int MaxSequences, int CachedTokens, long Steps);
