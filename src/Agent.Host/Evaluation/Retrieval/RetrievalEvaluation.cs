namespace Agent.Host.Evaluation.Retrieval;

/// <summary>Asks every query of a collection, one after the other, so that the times are those of one caller.</summary>
internal static class RetrievalEvaluation
{
    /// <summary>Runs all queries.</summary>
    /// <param name="collection">Documents and queries.</param>
    /// <param name="ranking">Searches the documents.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between two queries, and the search itself.</param>
    /// <exception cref="OperationCanceledException">The evaluation was stopped: averages over a part of the queries say nothing of all.</exception>
    public static async Task<IReadOnlyList<RetrievalResult>> RunAsync(RetrievalCollection collection, IDocumentRanking ranking, TimeProvider time, CancellationToken cancellationToken)
    {
        var queries = collection.Queries;
        var results = new List<RetrievalResult>(queries.Count);
        if (queries.Count > 0)
        {
            // The first search of a process waits for code to be compiled; no time of a search is in that.
            await ranking.SearchAsync(queries[0].Text, RetrievalScore.Depth, cancellationToken);
        }

        foreach (var query in queries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            var hits = await ranking.SearchAsync(query.Text, RetrievalScore.Depth, cancellationToken);
            var duration = time.GetElapsedTime(started);
            string[] found = [.. hits.Select(hit => collection.Documents[hit.Document].Id)];
            results.Add(new RetrievalResult(query, found, RetrievalScore.Of(found, query.Grades), duration));
        }

        return results;
    }
}
