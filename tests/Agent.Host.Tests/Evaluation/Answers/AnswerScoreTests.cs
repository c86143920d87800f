using Agent.Host.Evaluation.Answers;
using Agent.Host.Evaluation.Answers.Reports;
using Agent.Host.Evaluation.Answers.Scoring;
using Agent.Host.Evaluation.Answers.Suites;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Answers;

public sealed class AnswerScoreTests
{
    [Theory]
    [InlineData("At nine [1].", new[] { 1 }, 1, 1, true, true)]
    [InlineData("At ＮＩＮＥ [1][3].", new[] { 1, 3 }, 1, 1, true, false)]
    [InlineData("At nine [1] and [9].", new[] { 1, 0 }, 1, 1, true, false)]
    [InlineData("At ten [1].", new[] { 1 }, 1, 1, false, false)]
    [InlineData("At nine.", new int[0], 0, 0, true, false)]
    public void An_answer_is_right_with_its_source_and_what_it_must_say(string answer, int[] cited, int right, int found, bool contains, bool isRight)
    {
        var score = AnswerScore.Of(Case([[1]], [["nine", "9:00"]]), answer, cited);

        Assert.Equal((right, found, contains, isRight, false), (score.RightCitations, score.FoundGroups, score.Contains, score.IsRight, score.IsRefusal));
    }

    [Fact]
    public void Of_alternatives_one_is_enough_and_each_is_allowed()
    {
        var of = Case([[1], [2, 3]], []);

        Assert.True(AnswerScore.Of(of, "a [1][2]", [1, 2]).IsRight);
        Assert.True(AnswerScore.Of(of, "a [1][3]", [1, 3]).IsRight);
        Assert.True(AnswerScore.Of(of, "a [1][2][3]", [1, 2, 3]).IsRight);
        Assert.Equal(1, AnswerScore.Of(of, "a [2]", [2]).FoundGroups);
    }

    [Theory]
    [InlineData("The passages do not say that.", true)]
    [InlineData("I could not find that in the passages.", true)]
    [InlineData("The documents don't mention a price.", true)]
    [InlineData("There is no information about its depth in the passages.", true)]
    [InlineData("Its depth is not stated.", true)]
    [InlineData("I cannot answer this from the passages.", true)]
    [InlineData("资料中没有提到这一点。", true)]
    [InlineData("在给出的资料里没有找到答案。", true)]
    [InlineData("根据资料无法确定水深。", true)]
    [InlineData("文中未说明由谁看管。", true)]
    [InlineData("It opens at nine [1].", false)]
    [InlineData("Boats must not be tied [1].", false)]
    [InlineData("Visitors are not allowed before nine.", false)]
    [InlineData("仪器房不装空调[1]。", false)]
    [InlineData("九点开门[1]。", false)]
    public void Refusals_are_told_by_their_words(string answer, bool expected)
    {
        Assert.Equal(expected, RefusalText.Is(answer));
        Assert.Equal(expected, AnswerScore.Of(Case([], []), answer, []).IsRight);
    }

    [Fact]
    public void An_answer_that_declines_a_part_is_no_refusal()
    {
        Assert.False(AnswerScore.Of(Case([[1]], []), "It opens at nine [1]; the passages do not say why.", [1]).IsRefusal);
        Assert.True(AnswerScore.Of(Case([[1]], []), "The passages do not say that.", []).IsRefusal);
        Assert.True(AnswerScore.Of(Case([], []), "Only the price is given [1]; the depth is not mentioned.", [1]).IsRight);
    }

    [Fact]
    public void Shares_are_over_what_they_are_of()
    {
        var count = new AnswerCount(
        [
            Result(Case([[1], [2]], [["x"]]), "x [1][3]", 1, 3),
            Result(Case([[1]], []), "The passages do not say."),
            Result(Case([], []), "The passages do not say; see [1].", 1),
            Result(Case([], []), "It is so [1].", 1),
        ]);

        Assert.Equal((4, 25m, 100m / 3, 100m / 3, 100m, 50m, 50m), (count.Cases, count.Right, count.Precision, count.Recall, count.Contains, count.RightRefusals, count.WrongRefusals));
        Assert.Null(new AnswerCount([]).Precision);
    }

    private static AnswerCaseResult Result(AnswerCase of, string answer, params int[] cited) => new()
    {
        Case = of,
        Answer = answer,
        Error = null,
        Score = AnswerScore.Of(of, answer, cited),
        FinishReason = ChatFinishReason.Stop,
        PromptTokens = 0,
        CompletionTokens = 0,
        Duration = TimeSpan.Zero,
    };

    private static AnswerCase Case(IReadOnlyList<IReadOnlyList<int>> cites, IReadOnlyList<IReadOnlyList<string>> contains) => new()
    {
        Id = "1",
        Category = "c",
        Language = "en",
        Messages = [new(ChatRole.User, "q")],
        Passages = [],
        Cites = cites,
        Contains = contains,
    };
}
