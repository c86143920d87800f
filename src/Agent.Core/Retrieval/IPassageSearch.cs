namespace Agent.Core.Retrieval;

/// <summary>Finds passages. Implementations are thread-safe.</summary>
public interface IPassageSearch
{
    /// <summary>Finds the passages that fit best.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The hits, best first; fewer than wanted if fewer fit, none if nothing does.</returns>
    /// <exception cref="ArgumentException">The query is not usable; the message says what to change.</exception>
    /// <exception cref="RetrievalException">The passages cannot be searched; the message says why and what to do.</exception>
    Task<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default);
}
