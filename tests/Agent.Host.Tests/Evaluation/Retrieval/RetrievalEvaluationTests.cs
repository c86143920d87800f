using Agent.Host.Evaluation.Retrieval;
using Agent.Testing;

namespace Agent.Host.Tests.Evaluation.Retrieval;

public sealed class RetrievalEvaluationTests
{
    private static readonly RetrievalQuery[] Queries = [Query("cats"), Query("dogs"), Query("pandas")];

    [Fact]
    public void Every_query_is_asked_and_the_first_search_of_all_is_not_timed()
    {
        var time = new ManualTimeProvider();
        var searches = 0;

        var results = RetrievalEvaluation.Run(Queries, Search, time, CancellationToken.None);

        Assert.Equal(["cats", "dogs", "pandas"], results.Select(result => result.Query.Id));
        Assert.Equal([2, 3, 4], results.Select(result => result.Duration.TotalSeconds));
        Assert.All(results, result => Assert.Equal(1.0, result.Score.Ndcg));

        IReadOnlyList<string> Search(string query, int count, CancellationToken cancellationToken)
        {
            time.SetUtcNow(time.GetUtcNow() + TimeSpan.FromSeconds(++searches));
            return [query];
        }
    }

    [Fact]
    public void An_evaluation_that_is_stopped_gives_no_results_that_could_pass_for_all()
    {
        using var cancellation = new CancellationTokenSource();
        List<string> asked = [];

        Assert.Throws<OperationCanceledException>(() => RetrievalEvaluation.Run(Queries, Search, TimeProvider.System, cancellation.Token));

        Assert.Equal(["cats", "cats", "dogs"], asked);

        IReadOnlyList<string> Search(string query, int count, CancellationToken cancellationToken)
        {
            asked.Add(query);
            if (query == "dogs")
            {
                cancellation.Cancel();
            }

            return [query];
        }
    }

    [Fact]
    public void Indexing_and_searching_can_be_stopped()
    {
        RetrievalDocument[] documents = [new("cats", "Cats sleep."), new("dogs", "Dogs guard.")];
        using var cancellation = new CancellationTokenSource();
        var ranking = new LexicalRanking(documents, cancellation.Token);
        Assert.Equal(["dogs"], ranking.Search("dogs", 10, cancellation.Token));

        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => ranking.Search("dogs", 10, cancellation.Token));
        Assert.Throws<OperationCanceledException>(() => new LexicalRanking(documents, cancellation.Token));
    }

    private static RetrievalQuery Query(string id) => new(id, id, new Dictionary<string, double>(StringComparer.Ordinal) { [id] = 1 });
}
