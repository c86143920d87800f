namespace Agent.Core.Retrieval;

/// <summary>A passage found. Immutable.</summary>
/// <param name="Passage">The passage.</param>
/// <param name="Score">Higher is better; comparable within one search only.</param>
public sealed record PassageHit(Passage Passage, double Score);
