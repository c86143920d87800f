using Agent.Core.Agents;
using Microsoft.Extensions.AI;

namespace Agent.Host.Terminal;

/// <summary>Tokens a second of a run, from the engine's own clock; null where there is nothing to divide.</summary>
internal static class TokenSpeed
{
    /// <summary>Prompt tokens that were computed, not found in the cache.</summary>
    public static double? Prefill(AgentFinished finished) =>
        Rate((finished.Usage.InputTokenCount ?? 0) - (finished.Usage.CachedInputTokenCount ?? 0), Microseconds(finished.Usage, "prefill_us"));

    /// <summary>Generated tokens. The first of each round belongs to the prefill, and the time runs from it.</summary>
    public static double? Decode(AgentFinished finished) =>
        Rate((finished.Usage.OutputTokenCount ?? 0) - finished.Rounds, Microseconds(finished.Usage, "decode_us"));

    private static double? Rate(long tokens, long microseconds) => tokens > 0 && microseconds > 0 ? tokens * 1e6 / microseconds : null;

    private static long Microseconds(UsageDetails usage, string name) => usage.AdditionalCounts?.GetValueOrDefault(name) ?? 0;
}
