using Agent.Host.Evaluation.Retrieval;

namespace Agent.Host.Tests.Evaluation.Retrieval;

public sealed class RetrievalScoreTests
{
    private static readonly Dictionary<string, double> Grades = new(StringComparer.Ordinal) { ["a"] = 3, ["b"] = 1, ["c"] = 2 };

    [Theory]
    [InlineData("a c b", 1.0, 1.0, 1.0)]
    [InlineData("x a", 0.397440, 1.0 / 3, 0.5)] // 3/log2(3) of 3 + 2/log2(3) + 1/2
    [InlineData("x y z", 0.0, 0.0, 0.0)]
    [InlineData("", 0.0, 0.0, 0.0)]
    [InlineData("1 2 3 4 5 6 7 8 9 10 a", 0.0, 0.0, 0.0)]
    [InlineData("b c a", 0.790000, 1.0, 1.0)] // 1 + 2/log2(3) + 3/2
    public void Rankings_are_scored_as_trec_eval_scores_them(string ranking, double ndcg, double recall, double reciprocalRank)
    {
        var score = RetrievalScore.Of(ranking.Split(' ', StringSplitOptions.RemoveEmptyEntries), Grades);

        Assert.Equal(ndcg, score.Ndcg, 3);
        Assert.Equal(recall, score.Recall, 9);
        Assert.Equal(reciprocalRank, score.ReciprocalRank, 9);
    }

    [Fact]
    public void More_than_ten_relevant_documents_can_all_be_found_only_as_far_as_ten_places_go()
    {
        var many = Enumerable.Range(0, 20).ToDictionary(i => $"{i}", _ => 1.0, StringComparer.Ordinal);

        var score = RetrievalScore.Of([.. Enumerable.Range(0, 10).Select(i => $"{i}")], many);

        Assert.Equal((1.0, 0.5), (score.Ndcg, score.Recall));
    }
}
