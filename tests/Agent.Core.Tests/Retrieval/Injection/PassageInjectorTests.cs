using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Testing.ScriptedSearch;

namespace Agent.Core.Tests.Retrieval.Injection;

public sealed class PassageInjectorTests
{
    private static readonly PromptLibrary Prompts = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));

    [Fact]
    public async Task Passages_are_numbered_before_the_question()
    {
        var injection = await InjectAsync(
            "When does the lighthouse open?",
            [Hit("It opens at nine.", 3, "Lighthouse", "b.md", 0, null, "Hours"), Hit("Built in 1871, open since.", 2, "History", "c.md")]);

        Assert.Equal(
            "Passages:\n[1] Lighthouse > Hours\nIt opens at nine.\n\n[2] History\nBuilt in 1871, open since.\n\nQuestion: When does the lighthouse open?\n"
            + "Answer from the passages only and cite them as [n].",
            injection.Text);
        Assert.Equal([(1, "b.md"), (2, "c.md")], injection.Passages.Select(p => (p.Number, p.Passage.Source)));
    }

    [Fact]
    public async Task The_prompt_follows_the_language_of_the_question()
    {
        var injection = await InjectAsync("灯塔几点开放？", [Hit("灯塔九点开放。", 3, "灯塔", "b.md")]);

        Assert.Equal("资料：\n[1] 灯塔\n灯塔九点开放。\n\n问题：灯塔几点开放？\n请只根据资料回答，并用[n]标注出处。", injection.Text);
        Assert.Equal("no prompt", (await Assert.ThrowsAsync<PromptFileException>(() => InjectAsync("?", [], new() { Language = "fr" }))).Message[9..18]);
    }

    [Theory]
    [InlineData("When does the lighthouse open?", "no passage in the documents fits")]
    [InlineData("灯塔几点开放？", "没有与此问题有关的内容")]
    public async Task Where_nothing_is_found_the_prompt_says_so(string question, string expected)
    {
        var injection = await InjectAsync(question, []);

        Assert.Empty(injection.Passages);
        Assert.Contains(expected, injection.Text, StringComparison.Ordinal);
        Assert.EndsWith(question, injection.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_messages_stay_as_they_are_and_only_the_last_question_is_replaced()
    {
        var picture = new DataContent(new byte[] { 1 }, "image/png");
        ChatMessage[] conversation =
        [
            new(ChatRole.User, "Which lighthouse?"), new(ChatRole.Assistant, "Bergen."), new(ChatRole.User, [new TextContent("When does it "), picture, new TextContent("open?")]),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "look")]), new(ChatRole.Tool, [new FunctionResultContent("1", "seen")]),
        ];
        var search = new ScriptedSearch(Hit("The lighthouse opens at nine."));

        var injection = (await new PassageInjector(search, Prompts).RetrieveAsync(conversation))!;
        var applied = injection.Apply(conversation);

        Assert.Equal("lighthouse When does it open?", Assert.Single(search.Queries).Text);
        Assert.Equal("When does it open?", conversation[2].Text);
        Assert.Equal(injection.Text, applied[2].Text);
        Assert.Same(picture, applied[2].Contents[1]);
        Assert.Equal(2, applied[2].Contents.Count);
        Assert.Equal([0, 1, 3, 4], Enumerable.Range(0, 5).Where(i => ReferenceEquals(applied[i], conversation[i])));
    }

    [Fact]
    public async Task Without_a_question_nothing_is_retrieved()
    {
        var search = new ScriptedSearch(Hit("text"));

        Assert.Null(await new PassageInjector(search, Prompts).RetrieveAsync([new(ChatRole.System, "You help.")]));
        Assert.Empty(search.Queries);
    }

    [Fact]
    public async Task A_resolver_of_the_application_takes_the_place_of_the_rule()
    {
        var search = new ScriptedSearch(Hit("The lighthouse opens at nine."));

        var injection = await new PassageInjector(search, Prompts, new() { Resolver = new FixedResolver("lighthouse hours"), Filter = new() { Tags = ["harbour"] }, Mode = SearchMode.Fused })
            .RetrieveAsync([new(ChatRole.User, "and it?")]);
        var nothing = await new PassageInjector(search, Prompts, new() { Resolver = new FixedResolver(null) }).RetrieveAsync([new(ChatRole.User, "hello")]);

        var query = Assert.Single(search.Queries);
        Assert.Equal(("lighthouse hours", "harbour", SearchMode.Fused), (query.Text, query.Filter.Tags[0], query.Mode!.Value));
        Assert.Equal(("lighthouse hours", "and it?"), (injection!.Query, injection.Question));
        Assert.Null(nothing);
    }

    [Fact]
    public async Task One_passage_is_given_once()
    {
        var injection = await InjectAsync("lighthouse", [Hit("The lighthouse.", 3, id: "x"), Hit("The lighthouse.", 2, source: "copy.md", id: "x"), Hit("A lighthouse.", 1, id: "y")]);

        Assert.Equal(["x", "y"], injection.Passages.Select(p => p.Passage.Id));
    }

    [Fact]
    public async Task What_does_not_fit_is_left_out_whole_and_a_smaller_one_behind_it_is_taken()
    {
        var injection = await InjectAsync(
            "lighthouse",
            [Hit("lighthouse one", 9, source: "1"), Hit("lighthouse " + string.Concat(Enumerable.Repeat("very long text. ", 60)), 8, source: "2"), Hit("lighthouse three", 7, source: "3")],
            new() { TokenBudget = 40, CountTokens = Words });

        Assert.Equal(["1", "3"], injection.Passages.Select(p => p.Passage.Source));
        Assert.DoesNotContain(injection.Passages, p => p.IsCut);
    }

    [Theory]
    [InlineData("The lighthouse has one. It has two. It has three and here it goes on for as long as anybody could want to read on and on and on.", "It has two. …")]
    [InlineData("灯塔 有一 个 门。 它 有 两 扇 窗。 后面 还 有 很 多 很 多 很 多 很 多 很 多 很 多 很 多 很 多 很 多 很 多 很 多。", "两 扇 窗。 …")]
    [InlineData("lighthouse a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n", " …")]
    public async Task The_first_is_cut_at_a_sentence_where_even_it_does_not_fit(string text, string end)
    {
        var injection = await InjectAsync("lighthouse 灯塔", [Hit(text, 9)], new() { TokenBudget = 32, CountTokens = s => Words(s) + 14, Floor = PassageFloor.None });

        var given = injection.Text.Split("\n\n")[0];
        Assert.True(Assert.Single(injection.Passages).IsCut);
        Assert.EndsWith(end, given, StringComparison.Ordinal);
        Assert.True(Words(given) <= 32);
        Assert.Equal(text, injection.Passages[0].Passage.Text);
    }

    [Fact]
    public async Task The_budget_holds_for_any_sizes()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var hits = Enumerable.Range(0, 12).Select(i => Hit(string.Join(' ', Enumerable.Repeat("word.", random.Next(1, 80))), 20 - i, $"Title {i}", $"{i}.md", 0, $"{i}")).ToArray();
            var budget = random.Next(32, 200);

            var injection = await InjectAsync("word", hits, new() { TokenBudget = budget, CountTokens = Words });

            var blocks = injection.Text.Split("\n\nQuestion:")[0]["Passages:\n".Length..];
            Assert.True(Words(blocks) <= budget, $"{Words(blocks)} of {budget}");
            Assert.NotEmpty(injection.Passages);
            Assert.Equal(Enumerable.Range(1, injection.Passages.Count), injection.Passages.Select(p => p.Number));
        }
    }

    [Fact]
    public async Task Documents_come_by_their_best_hit_and_their_passages_as_they_stand_in_them()
    {
        PassageHit[] hits =
        [
            Hit("lighthouse 1", 9, source: "b.md", ordinal: 4), Hit("lighthouse 2", 8, source: "a.md", ordinal: 1), Hit("lighthouse 3", 7, source: "b.md", ordinal: 2),
            Hit("lighthouse 4", 6, source: "d.md", ordinal: 0), Hit("lighthouse 5", 6, source: "c.md", ordinal: 0),
        ];

        var there = await InjectAsync("lighthouse", hits);
        var swapped = await InjectAsync("lighthouse", [hits[0], hits[1], hits[2], hits[4], hits[3]]);

        Assert.Equal([("b.md", 2), ("b.md", 4), ("a.md", 1), ("c.md", 0), ("d.md", 0)], there.Passages.Select(p => (p.Passage.Source, p.Passage.Ordinal)));
        Assert.Equal(there.Text, swapped.Text);
    }

    [Fact]
    public async Task Hits_far_below_the_best_are_not_given()
    {
        var injection = await InjectAsync("lighthouse", [Hit("lighthouse a", 12, id: "a"), Hit("lighthouse b", 4, id: "b"), Hit("lighthouse c", 2, id: "c")]);
        var negative = await InjectAsync("lighthouse", [Hit("lighthouse a", -1, id: "a"), Hit("lighthouse b", -9, id: "b")]);

        Assert.Equal(["a", "b"], injection.Passages.Select(p => p.Passage.Id));
        Assert.Equal(2, negative.Passages.Count);
    }

    [Theory]
    [InlineData("How much is the entrance ticket?", "Much rain fell in May.", false)]
    [InlineData("How much is the entrance ticket?", "Tickets are ten crowns.", true)]
    [InlineData("灯塔的门票是多少？", "这里是多么美。", false)]
    [InlineData("灯塔的门票是多少？", "門票十元。", true)]
    [InlineData("How much is the entrance ticket?", "门票十元。", true)]
    [InlineData("why?", "Much rain fell in May.", true)]
    public async Task Hits_that_share_only_words_that_say_nothing_are_not_given(string question, string text, bool given)
    {
        var injection = await InjectAsync(question, [Hit(text, 5)]);

        Assert.Equal(given, injection.Passages.Count == 1);
        Assert.Single((await InjectAsync(question, [Hit(text, 5)], new() { Mode = SearchMode.Dense })).Passages);
        Assert.Single((await InjectAsync(question, [Hit(text, 5)], new() { Floor = PassageFloor.None })).Passages);
    }

    [Fact]
    public async Task A_long_question_demands_no_more_than_three_of_its_words()
    {
        var question = "alpha beta gamma " + string.Join(' ', Enumerable.Range(0, 100).Select(i => $"word{i}"));

        Assert.Single((await InjectAsync(question, [Hit("alpha beta gamma", 5)])).Passages);
        Assert.Empty((await InjectAsync(question, [Hit("alpha beta", 5)])).Passages);
    }

    [Fact]
    public async Task A_search_that_fails_fails_the_question_unless_the_options_say_to_go_on()
    {
        var broken = new ScriptedSearch((_, _) => throw new IOException("The disk is gone."));

        var error = await Assert.ThrowsAsync<RetrievalException>(() => new PassageInjector(broken, Prompts).RetrieveAsync([new(ChatRole.User, "lighthouse")]));
        var logger = new RecordingLogger();
        var none = await new PassageInjector(broken, Prompts, new() { OnSearchFailure = SearchFailureBehavior.AnswerWithoutPassages }, logger).RetrieveAsync([new(ChatRole.User, "lighthouse")]);

        var resolver = new PassageInjector(new ScriptedSearch(), Prompts, new() { Resolver = new BrokenResolver() });
        await Assert.ThrowsAsync<RetrievalException>(() => resolver.RetrieveAsync([new(ChatRole.User, "lighthouse")]));
        Assert.IsType<IOException>(error.InnerException);
        Assert.Contains("The disk is gone", error.Message, StringComparison.Ordinal);
        Assert.Null(none);
        Assert.Contains(logger.Entries, entry => entry.Message.Contains("without them", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancellation_is_passed_on_and_never_taken_for_a_failure()
    {
        using var source = new CancellationTokenSource();
        var search = new ScriptedSearch(async (_, token) =>
        {
            await source.CancelAsync();
            token.ThrowIfCancellationRequested();
            return [];
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PassageInjector(search, Prompts, new() { OnSearchFailure = SearchFailureBehavior.AnswerWithoutPassages })
            .RetrieveAsync([new(ChatRole.User, "lighthouse")], source.Token));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (var options in (PassageInjectorOptions[])[new() { Top = 0 }, new() { TokenBudget = 31 }, new() { Floor = new() { ScoreShare = 2 } }, new() { Floor = new() { TermShare = double.NaN } }])
        {
            Assert.Throws<ArgumentException>(() => new PassageInjector(new ScriptedSearch(), Prompts, options));
        }
    }

    private static int Words(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.SplitAny(' ', '\n'))
        {
            count++;
        }

        return count;
    }

    private static async Task<PassageInjection> InjectAsync(string question, PassageHit[] hits, PassageInjectorOptions? options = null) =>
        (await new PassageInjector(new ScriptedSearch(hits), Prompts, options).RetrieveAsync([new(ChatRole.User, question)]))!;

    private sealed class BrokenResolver : IQueryResolver
    {
        public ValueTask<string?> ResolveAsync(IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken = default) => throw new TimeoutException("The model is slow.");
    }

    private sealed class FixedResolver(string? query) : IQueryResolver
    {
        public ValueTask<string?> ResolveAsync(IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken = default) => ValueTask.FromResult(query);
    }
}
