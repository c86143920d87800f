using Agent.Host.Benchmarks.Figures;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>What one way to search made of a collection.</summary>
/// <param name="Name">The way.</param>
/// <param name="Indexing">How long its preparation took.</param>
/// <param name="Results">Its results, at least one.</param>
internal sealed record RetrievalRun(string Name, TimeSpan Indexing, IReadOnlyList<RetrievalResult> Results)
{
    public double Ndcg => Results.Average(result => result.Score.Ndcg);

    public double Recall => Results.Average(result => result.Score.Recall);

    public double ReciprocalRank => Results.Average(result => result.Score.ReciprocalRank);

    /// <summary>A percentile of the times of the searches, as benchmarks reckon it.</summary>
    /// <param name="part">0 for the least, 0.5 for the median, 1 for the greatest.</param>
    public double Milliseconds(double part) => Percentile.Of(Results.Select(result => result.Duration.TotalMilliseconds), part)!.Value;
}
