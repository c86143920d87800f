namespace Agent.Host.Evaluation.Retrieval;

/// <summary>A document of a collection.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Title and text.</param>
internal sealed record RetrievalDocument(string Id, string Text);
