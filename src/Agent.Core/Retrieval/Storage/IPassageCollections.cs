namespace Agent.Core.Retrieval.Storage;

/// <summary>The collections of one tenant; no query of theirs can reach another's. A store is opened once and shared. Implementations are thread-safe.</summary>
public interface IPassageCollections : IAsyncDisposable
{
    /// <summary>The names of those that exist, in order.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="RetrievalException">The place where they lie cannot be read.</exception>
    Task<IReadOnlyList<CollectionName>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>A collection, which need not exist yet. It belongs to this object.</summary>
    /// <param name="name">Its name.</param>
    PassageStore Get(CollectionName name);

    /// <summary>Removes a collection with everything in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RetrievalException">There is none, somebody uses it, or it cannot be removed.</exception>
    Task RemoveAsync(CollectionName name, CancellationToken cancellationToken = default);
}
