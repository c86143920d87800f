namespace Agent.Host.Evaluation.Retrieval;

/// <summary>Asks every query of a collection, one after the other, so that the times are those of one caller.</summary>
internal static class RetrievalEvaluation
{
    /// <summary>Runs all queries.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="search">Gives the ids of the best documents for a text, best first, and at most as many as it is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between two queries, and the search itself.</param>
    /// <exception cref="OperationCanceledException">The evaluation was stopped: averages over a part of the queries say nothing of all.</exception>
    public static IReadOnlyList<RetrievalResult> Run(
        IReadOnlyList<RetrievalQuery> queries, Func<string, int, CancellationToken, IReadOnlyList<string>> search, TimeProvider time, CancellationToken cancellationToken)
    {
        var results = new List<RetrievalResult>(queries.Count);
        if (queries.Count > 0)
        {
            // The first search of a process waits for code to be compiled; no time of a search is in that.
            search(queries[0].Text, RetrievalScore.Depth, cancellationToken);
        }

        foreach (var query in queries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            var ranking = search(query.Text, RetrievalScore.Depth, cancellationToken);
            var duration = time.GetElapsedTime(started);
            results.Add(new RetrievalResult(query, ranking, RetrievalScore.Of(ranking, query.Grades), duration));
        }

        return results;
    }
}
