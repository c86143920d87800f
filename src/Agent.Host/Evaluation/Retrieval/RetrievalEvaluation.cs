namespace Agent.Host.Evaluation.Retrieval;

/// <summary>Asks every query of a collection, one after the other, so that the times are those of one caller.</summary>
internal static class RetrievalEvaluation
{
    /// <summary>Runs all queries.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="search">Gives the ids of the best documents for a text, best first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between two queries; what was asked so far is returned.</param>
    public static IReadOnlyList<RetrievalResult> Run(
        IReadOnlyList<RetrievalQuery> queries, Func<string, int, IReadOnlyList<string>> search, TimeProvider time, CancellationToken cancellationToken)
    {
        var results = new List<RetrievalResult>(queries.Count);
        if (queries.Count > 0)
        {
            // The first search of a process waits for code to be compiled; no time of a search is in that.
            search(queries[0].Text, RetrievalScore.Depth);
        }

        foreach (var query in queries)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var started = time.GetTimestamp();
            var ranking = search(query.Text, RetrievalScore.Depth);
            var duration = time.GetElapsedTime(started);
            results.Add(new RetrievalResult(query, ranking, RetrievalScore.Of(ranking, query.Grades), duration));
        }

        return results;
    }
}
