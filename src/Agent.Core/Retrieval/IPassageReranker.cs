namespace Agent.Core.Retrieval;

/// <summary>Orders passages found anew, by a closer look at each. Implementations are thread-safe.</summary>
public interface IPassageReranker
{
    /// <summary>Orders hits by how well they answer a query.</summary>
    /// <param name="query">The question or words.</param>
    /// <param name="hits">The hits of a search, best first.</param>
    /// <param name="top">The most hits wanted; at least 1.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The best hits, best first, with new scores; equal ones keep their order.</returns>
    /// <exception cref="RetrievalException">They cannot be scored; the message says why and what to do. The hits are as good as before.</exception>
    Task<IReadOnlyList<PassageHit>> RerankAsync(string query, IReadOnlyList<PassageHit> hits, int top, CancellationToken cancellationToken = default);
}
