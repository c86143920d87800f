namespace Agent.Host.Evaluation.Retrieval;

/// <summary>Documents and judged queries, as BEIR and its like distribute them. Immutable.</summary>
/// <param name="Documents">The documents, in the order of the file.</param>
/// <param name="Queries">The queries that have a relevant document, in the order of the file.</param>
/// <param name="Unjudged">How many queries have none, and are left out.</param>
internal sealed record RetrievalCollection(IReadOnlyList<RetrievalDocument> Documents, IReadOnlyList<RetrievalQuery> Queries, int Unjudged);
