namespace Agent.Host.Benchmarks.Targets;

/// <summary>What an answer took, as whoever gave it counts; null where nothing is said.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CachedTokens">How many of them were computed before.</param>
/// <param name="OutputTokens">Tokens generated.</param>
internal sealed record LoadUsage(long? PromptTokens, long? CachedTokens, long? OutputTokens);
