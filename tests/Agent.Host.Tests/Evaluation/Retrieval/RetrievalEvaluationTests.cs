using Agent.Core.Retrieval.Index;
using Agent.Host.Evaluation.Retrieval;
using Agent.Testing;

namespace Agent.Host.Tests.Evaluation.Retrieval;

public sealed class RetrievalEvaluationTests
{
    private static readonly RetrievalCollection Collection = new(
        [new("cats", "Cats sleep."), new("dogs", "Dogs guard."), new("pandas", "Pandas eat.")], [Query("cats"), Query("dogs"), Query("pandas")], Unjudged: 0);

    [Fact]
    public async Task Every_query_is_asked_and_the_first_search_of_all_is_not_timed()
    {
        var time = new ManualTimeProvider();
        var searches = 0;

        var results = await RetrievalEvaluation.RunAsync(Collection, new Ranking(_ => time.SetUtcNow(time.GetUtcNow() + TimeSpan.FromSeconds(++searches))), time, CancellationToken.None);

        Assert.Equal(["cats", "dogs", "pandas"], results.Select(result => result.Query.Id));
        Assert.Equal([2, 3, 4], results.Select(result => result.Duration.TotalSeconds));
        Assert.All(results, result => Assert.Equal(1.0, result.Score.Ndcg));
    }

    [Fact]
    public async Task An_evaluation_that_is_stopped_gives_no_results_that_could_pass_for_all()
    {
        using var cancellation = new CancellationTokenSource();
        List<string> asked = [];
        var ranking = new Ranking(query =>
        {
            asked.Add(query);
            if (query == "dogs")
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => RetrievalEvaluation.RunAsync(Collection, ranking, TimeProvider.System, cancellation.Token));

        Assert.Equal(["cats", "cats", "dogs"], asked);
    }

    [Fact]
    public async Task Indexing_and_searching_can_be_stopped()
    {
        using var cancellation = new CancellationTokenSource();
        var ranking = new LexicalRanking(Collection.Documents, cancellation.Token);
        Assert.Equal([1], (await ranking.SearchAsync("dogs", 10, cancellation.Token)).Select(hit => hit.Document));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ranking.SearchAsync("dogs", 10, cancellation.Token));
        Assert.Throws<OperationCanceledException>(() => new LexicalRanking(Collection.Documents, cancellation.Token));
    }

    [Fact]
    public async Task Rankings_are_fused_by_their_ranks()
    {
        var fused = new FusedRanking(new Fixed(0, 1), new Fixed(1, 2));

        Assert.Equal([1, 0, 2], (await fused.SearchAsync("any", 10, CancellationToken.None)).Select(hit => hit.Document));
        Assert.Equal([1], (await fused.SearchAsync("any", 1, CancellationToken.None)).Select(hit => hit.Document));
    }

    private static RetrievalQuery Query(string id) => new(id, id, new Dictionary<string, double>(StringComparer.Ordinal) { [id] = 1 });

    /// <summary>Finds the document of the query's name.</summary>
    private sealed class Ranking(Action<string> asked) : IDocumentRanking
    {
        public string Name => "test";

        public Task<IReadOnlyList<SearchHit>> SearchAsync(string query, int count, CancellationToken cancellationToken)
        {
            asked(query);
            return Task.FromResult<IReadOnlyList<SearchHit>>([new SearchHit(Collection.Documents.Select(document => document.Id).ToList().IndexOf(query), 1)]);
        }
    }

    private sealed class Fixed(params int[] documents) : IDocumentRanking
    {
        public string Name => "test";

        public Task<IReadOnlyList<SearchHit>> SearchAsync(string query, int count, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<SearchHit>>([.. documents.Select((document, i) => new SearchHit(document, 1.0 / (i + 1)))]);
    }
}
