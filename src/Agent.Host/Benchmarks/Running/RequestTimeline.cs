using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Targets;

namespace Agent.Host.Benchmarks.Running;

/// <summary>When what happened to a request; all times from the beginning of the run.</summary>
internal sealed record RequestTimeline
{
    /// <summary>What its client is there for.</summary>
    public required LoadRole Role { get; init; }

    /// <summary>Tokens that were asked for.</summary>
    public required int OutputTokensWanted { get; init; }

    /// <summary>When it was sent.</summary>
    public required TimeSpan Submitted { get; init; }

    /// <summary>When each piece of the answer came.</summary>
    public required IReadOnlyList<TimeSpan> Arrivals { get; init; }

    /// <summary>When it ended.</summary>
    public required TimeSpan Ended { get; init; }

    /// <summary>What the target counted; null where it failed.</summary>
    public LoadUsage? Usage { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public LoadError? Error { get; init; }

    /// <summary>Tokens generated; where nobody counted them, pieces.</summary>
    public long OutputTokens => Usage?.OutputTokens ?? Arrivals.Count;

    /// <summary>Whether it was answered.</summary>
    public bool IsAnswered => Error is null && Arrivals.Count > 0;
}
