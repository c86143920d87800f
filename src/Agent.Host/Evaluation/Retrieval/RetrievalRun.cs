namespace Agent.Host.Evaluation.Retrieval;

/// <summary>What one way to search made of a collection.</summary>
/// <param name="Name">The way.</param>
/// <param name="Indexing">How long its preparation took.</param>
/// <param name="Results">Its results, at least one.</param>
internal sealed record RetrievalRun(string Name, TimeSpan Indexing, IReadOnlyList<RetrievalResult> Results)
{
    private readonly double[] _milliseconds = [.. Results.Select(result => result.Duration.TotalMilliseconds).Order()];

    public double Ndcg => Results.Average(result => result.Score.Ndcg);

    public double Recall => Results.Average(result => result.Score.Recall);

    public double ReciprocalRank => Results.Average(result => result.Score.ReciprocalRank);

    /// <summary>The time of a search that a share of all searches do not exceed.</summary>
    public double Milliseconds(double share) => _milliseconds[(int)(_milliseconds.Length * share)];
}
