using Agent.Host.Benchmarks.Figures;

namespace Agent.Host.Benchmarks.Reports;

/// <summary>What was measured, how, and what came of it.</summary>
internal sealed record BenchmarkReport
{
    /// <summary>The target's name where the model is in this process.</summary>
    public const string Process = "process";

    /// <summary>The target's name where the model is on a server.</summary>
    public const string ServerName = "server";

    /// <summary>The kind of load.</summary>
    public required string Mode { get; init; }

    /// <summary>The seed of prompts and arrivals.</summary>
    public required int Seed { get; init; }

    /// <summary>Runs that count, for each load.</summary>
    public required int Runs { get; init; }

    /// <summary>How tokens are chosen, in words.</summary>
    public required string Sampling { get; init; }

    /// <summary>The file of the model in this process, or of the vocabulary that prompts are drawn from.</summary>
    public required string Model { get; init; }

    /// <summary>What computes it here; null where only a server is measured.</summary>
    public string? Backend { get; init; }

    /// <summary>How long loading the weights took; null where only a server is measured.</summary>
    public TimeSpan? LoadTime { get; init; }

    /// <summary>The server; null where none is measured.</summary>
    public Uri? Server { get; init; }

    /// <summary>The model's name on the server.</summary>
    public string? ServerModel { get; init; }

    /// <summary>Whether all runs were made that were wanted.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The results: for each target the loads in their order.</summary>
    public required IReadOnlyList<CaseResult> Results { get; init; }

    /// <summary>Requests that failed.</summary>
    public int Failed => Results.Sum(result => result.Failed);

    /// <summary>The model in this process against the server, for the loads that both have borne.</summary>
    public IReadOnlyList<CaseRatio> Ratios =>
    [
        .. from process in Results.Where(result => result.Target == Process)
           join server in Results.Where(result => result.Target == ServerName) on process.Load equals server.Load
           where process.Median is not null && server.Median is not null
           select CaseRatio.Of(process.Load.Name, process.Median!, server.Median!),
    ];
}
