namespace Agent.Core.Retrieval.Injection;

/// <summary>From a query to the passages that a model is given. Thread-safe.</summary>
internal static class PassageSelection
{
    /// <summary>Searches and selects.</summary>
    /// <param name="search">What to search.</param>
    /// <param name="query">The query.</param>
    /// <param name="options">What to take.</param>
    /// <param name="frame">The prompt that the passages will stand in.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The passages in the order of their numbers, and how many the search found.</returns>
    /// <exception cref="RetrievalException">The passages cannot be searched.</exception>
    public static async Task<(IReadOnlyList<PackedPassage> Passages, int Found)> SelectAsync(
        IPassageSearch search, string query, PassageSelectionOptions options, PromptFrame frame, CancellationToken cancellationToken)
    {
        // A few more than wanted: some repeat others, or do not fit.
        var wanted = new PassageQuery { Text = query, Top = options.Top * 2, Filter = options.Filter, Mode = options.Mode };
        var hits = await SearchAsync(search, wanted, cancellationToken).ConfigureAwait(false);
        if (hits.Count == 0)
        {
            return ([], 0);
        }

        var floor = new RelevanceFloor(options.Floor, query, options.Mode, hits.Max(hit => hit.Score));
        var kept = hits.OrderByDescending(hit => hit.Score).DistinctBy(hit => hit.Passage.Id, StringComparer.Ordinal).Where(floor.Allows);
        return (PassagePacker.Pack(kept, options, frame), hits.Count);
    }

    private static async Task<IReadOnlyList<PassageHit>> SearchAsync(IPassageSearch search, PassageQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await search.SearchAsync(query, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not RetrievalException)
        {
            throw new RetrievalException($"The passages for the question could not be searched: {exception.Message.TrimEnd('.')}. The cause is the inner exception.", exception);
        }
    }
}
