namespace Agent.Host.Evaluation.Retrieval;

/// <summary>How well a ranking answers a query; each figure is 0 to 1.</summary>
/// <param name="Ndcg">Normalised discounted cumulative gain of the first ten.</param>
/// <param name="Recall">Share of the relevant documents among the first ten.</param>
/// <param name="ReciprocalRank">One over the place of the first relevant document among the first ten; 0 where none is.</param>
internal sealed record RetrievalScore(double Ndcg, double Recall, double ReciprocalRank)
{
    /// <summary>Places that count.</summary>
    public const int Depth = 10;

    /// <summary>Scores a ranking, with gains linear in the grade, as trec_eval does (Järvelin and Kekäläinen, 2002).</summary>
    /// <param name="ranking">Document ids, best first; what stands behind the tenth does not count.</param>
    /// <param name="grades">Grades above zero by document id; not empty.</param>
    public static RetrievalScore Of(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, double> grades)
    {
        var gain = 0.0;
        var found = 0;
        var first = 0;
        for (var i = 0; i < Math.Min(Depth, ranking.Count); i++)
        {
            if (grades.TryGetValue(ranking[i], out var grade))
            {
                gain += grade / Math.Log2(i + 2);
                found++;
                first = first == 0 ? i + 1 : first;
            }
        }

        var ideal = grades.Values.OrderDescending().Take(Depth).Select((grade, i) => grade / Math.Log2(i + 2)).Sum();
        return new RetrievalScore(gain / ideal, (double)found / grades.Count, first == 0 ? 0 : 1.0 / first);
    }
}
