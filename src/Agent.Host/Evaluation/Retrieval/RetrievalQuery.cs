namespace Agent.Host.Evaluation.Retrieval;

/// <summary>A query of a collection that somebody has judged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="Grades">How relevant documents are, by id; only those above zero.</param>
internal sealed record RetrievalQuery(string Id, string Text, IReadOnlyDictionary<string, double> Grades);
