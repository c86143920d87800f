using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Retrieval.Injection;

public sealed class FollowUpQueryResolverTests
{
    [Theory]
    [InlineData("When does the lighthouse open in summer?", "and in winter?", "lighthouse open summer and in winter?")]
    [InlineData("When does the lighthouse open?", "why?", "lighthouse open why?")]
    [InlineData("When does the lighthouse open?", "in June?", "lighthouse open in June?")]
    [InlineData("Which filter fits the Aquaris pump?", "How much does it cost?", "filter fits Aquaris pump How much does it cost?")]
    [InlineData("Which filter fits the Aquaris pump?", "What about the Nereid pump?", "filter fits Aquaris What about the Nereid pump?")]
    [InlineData("Where is the ferry to Lund?", "Is there parking?", "ferry Lund Is there parking?")]
    [InlineData("Tell me about the Bergen archive", "who runs that?", "Bergen archive who runs that?")]
    [InlineData("灯塔夏天几点开放？", "那冬天呢？", "灯塔夏天 开放 那冬天呢？")]
    [InlineData("Aquaris水泵的滤芯是哪种？", "那它多少钱？", "Aquaris 水泵 滤芯 种 那它多少钱？")]
    [InlineData("合作社的会费是多少？", "为什么？", "合作社 会费 为什么？")]
    [InlineData("合作社的会费是多少？", "停车位？", "停车位？")]
    [InlineData("燈塔夏天幾點開放？", "那冬天呢？", "燈塔夏天 開放 那冬天呢？")]
    public void A_question_that_leans_on_the_one_before_takes_its_content_words_along(string first, string second, string expected) =>
        Assert.Equal(expected, Resolve(first, second));

    [Theory]
    [InlineData("What is the capital of Norway?")]
    [InlineData("What is photosynthesis?")]
    [InlineData("Where is Paris?")]
    [InlineData("Is it true that Marie Curie discovered radium?")]
    [InlineData("Is it safe to drink?")]
    [InlineData("Who wrote the novel that won the prize?")]
    [InlineData("refund policy")]
    [InlineData("And who painted the ceiling of the chapel in Rome five hundred years ago?")]
    [InlineData("故宫的门票多少钱？")]
    [InlineData("光合作用是什么？")]
    [InlineData("应该怎样申请土耳其签证？")]
    [InlineData("吉他应该怎么调音？")]
    [InlineData("那不勒斯有什么特产？")]
    [InlineData("《红楼梦》是谁写的？")]
    public void A_question_that_stands_by_itself_stays_as_it_is(string question)
    {
        Assert.Equal(question, Resolve("How long does the ferry take?", question));
        Assert.Equal(question, Resolve("渡轮要开多长时间？", question));
    }

    [Fact]
    public void Words_come_from_as_far_back_as_the_questions_lean() =>
        Assert.Equal("lighthouse open summer winter and who runs it?", Resolve("When does the lighthouse open in summer?", "and in winter?", "and who runs it?"));

    [Fact]
    public void Only_the_last_words_of_a_long_question_are_carried()
    {
        var query = Resolve(string.Join(' ', Enumerable.Range(0, 5000).Select(i => $"word{i}")), "and then?")!;

        Assert.Equal(16 + 2, query.Split(' ').Length);
        Assert.StartsWith("word4984 ", query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_and_approvals_are_no_questions()
    {
        var request = new ToolApprovalRequestContent("1", new FunctionCallContent("1", "pay"));
        ChatMessage[] conversation =
        [
            new(ChatRole.User, "When does the lighthouse open?"),
            new(ChatRole.Assistant, "The harbour master decides."),
            new(ChatRole.User, "And in winter?"),
            new(ChatRole.Assistant, [request]),
            new(ChatRole.User, [request.CreateResponse(approved: true, reason: null)]),
        ];

        Assert.Equal("lighthouse open And in winter?", await FollowUpQueryResolver.Instance.ResolveAsync(conversation));
        Assert.Null(await FollowUpQueryResolver.Instance.ResolveAsync([new(ChatRole.System, "You help.")]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\ud83d")]
    [InlineData("？？？")]
    [InlineData("'''---...")]
    public void Text_without_words_is_no_obstacle(string text) => Assert.Equal("lighthouse ?", Resolve($"lighthouse{text}", "?"));

    private static string? Resolve(params string[] questions)
    {
        ChatMessage[] conversation = [.. questions.SelectMany(q => (ChatMessage[])[new(ChatRole.User, q), new(ChatRole.Assistant, "An answer.")]).SkipLast(1)];
        return FollowUpQueryResolver.Instance.ResolveAsync(conversation).AsTask().GetAwaiter().GetResult();
    }
}
