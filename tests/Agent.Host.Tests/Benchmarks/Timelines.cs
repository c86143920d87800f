using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Running;
using Agent.Host.Benchmarks.Targets;

namespace Agent.Host.Tests.Benchmarks;

/// <summary>Made-up requests; times in milliseconds.</summary>
internal static class Timelines
{
    public static RequestTimeline Request(int submitted, int[] arrivals, LoadRole role = LoadRole.Client, long? prompt = 100, long? cached = 40, long? output = null, int? wanted = null) => new()
    {
        Role = role,
        OutputTokensWanted = wanted ?? arrivals.Length,
        Submitted = Ms(submitted),
        Arrivals = [.. arrivals.Select(at => Ms(at))],
        Ended = Ms(arrivals.Length > 0 ? arrivals[^1] : submitted),
        Usage = new LoadUsage(prompt, cached, output ?? arrivals.Length),
    };

    public static RequestTimeline Failure(int submitted, int ended, string kind, string message) => new()
    {
        Role = LoadRole.Client,
        OutputTokensWanted = 8,
        Submitted = Ms(submitted),
        Arrivals = [],
        Ended = Ms(ended),
        Error = new LoadError(kind, message),
    };

    public static TimeSpan Ms(double time) => TimeSpan.FromMilliseconds(time);
}
