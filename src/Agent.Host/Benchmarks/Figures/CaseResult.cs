using Agent.Host.Benchmarks.Loads;

namespace Agent.Host.Benchmarks.Figures;

/// <summary>What a target made of a load.</summary>
internal sealed record CaseResult
{
    /// <summary>The target's name.</summary>
    public required string Target { get; init; }

    /// <summary>The load.</summary>
    public required LoadCase Load { get; init; }

    /// <summary>The runs that are done, without the warm-up.</summary>
    public required IReadOnlyList<LoadFigures> Runs { get; init; }

    /// <summary>Runs that were wanted.</summary>
    public required int RunsPlanned { get; init; }

    /// <summary>Bytes of GPU memory that model and engine took; null where it is not known.</summary>
    public long? GpuMemory { get; init; }

    /// <summary>The run whose duration is the median, the shorter of two; all its figures belong together. Null without runs.</summary>
    public LoadFigures? Median => Runs.Count == 0 ? null : Runs.OrderBy(run => run.Wall).ElementAt((Runs.Count - 1) / 2);

    /// <summary>Requests that failed, in all runs.</summary>
    public int Failed => Runs.Sum(run => run.Failed);
}
