using Agent.Core.Retrieval.Index;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>A way to search the documents of a collection.</summary>
internal interface IDocumentRanking
{
    /// <summary>What it is called in results.</summary>
    string Name { get; }

    /// <summary>The best documents, best first, by their place in the collection.</summary>
    /// <param name="query">The query.</param>
    /// <param name="count">The most documents wanted; at least 1.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    Task<IReadOnlyList<SearchHit>> SearchAsync(string query, int count, CancellationToken cancellationToken);
}
