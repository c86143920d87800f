namespace Agent.Host.Evaluation.Retrieval;

/// <summary>A query with what was found for it.</summary>
/// <param name="Query">The query.</param>
/// <param name="Ranking">The ids of the documents found, best first, at most ten.</param>
/// <param name="Score">How good that is.</param>
/// <param name="Duration">How long the search took.</param>
internal sealed record RetrievalResult(RetrievalQuery Query, IReadOnlyList<string> Ranking, RetrievalScore Score, TimeSpan Duration);
