using Agent.Core.Inference;
using Agent.Core.Inference.Sampling.Constraints;

namespace Agent.Core.Tests.Inference.Sampling.Constraints;

/// <summary>A turn on Qwen2.5's vocabulary: when it is free, when not, and what ends it.</summary>
public sealed class TurnConstraintTests
{
    private static readonly ITokenizer Tokenizer = QwenVocabulary.Tokenizer;
    private static readonly TokenVocabulary Vocabulary = TokenVocabulary.Of(Tokenizer);
    private static readonly (int Open, int Close) Tags = (Vocabulary.FindAdded("<tool_call>")!.Value, Vocabulary.FindAdded("</tool_call>")!.Value);
    private static readonly int End = Vocabulary.FindAdded("<|im_end|>")!.Value;

    [Fact]
    public void Text_is_free_until_a_call_opens_and_again_after_it()
    {
        var constraint = new TurnConstraint(Vocabulary, Calls(), Tags, answer: null, begun: null);
        var tokens = Ids("I shall look.\n");

        Assert.Null(constraint.Next([.. tokens], 0));
        tokens.Add(Tags.Open);
        var mask = constraint.Next([.. tokens], 0);
        Assert.NotNull(mask);
        Assert.False(mask.Allows(End));
        Assert.False(mask.Allows(Tags.Open));
        Assert.False(mask.Allows(Tags.Close));
        tokens.AddRange(Ids("\n{\"name\": \"get_time\", \"arguments\": {}}"));
        Assert.True(constraint.Next([.. tokens], 0)!.Allows(Tags.Close));
        tokens.AddRange(Ids("\n"));
        Assert.Equal([Tags.Close], constraint.Next([.. tokens], 0)!.Tokens.ToArray());
        tokens.Add(Tags.Close);
        Assert.Null(constraint.Next([.. tokens], 0));
        tokens.Add(Tags.Open);
        Assert.NotNull(constraint.Next([.. tokens], 0));
    }

    [Fact]
    public void Only_names_on_offer_can_be_written()
    {
        var constraint = new TurnConstraint(Vocabulary, Calls(), Tags, answer: null, begun: "\n{\"name\": \"");

        var mask = constraint.Next([1, 2], 2)!;

        Assert.True(mask.Allows(Ids("get")[0]));
        Assert.False(mask.Allows(Ids("find")[0]));
        Assert.False(mask.Allows(Ids("\"")[0]));
        Assert.All(mask.Tokens.ToArray(), t => Assert.StartsWith("g", System.Text.Encoding.UTF8.GetString(Tokenizer.GetBytes(t)), StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_of_json_ends_where_its_value_ends()
    {
        var constraint = new TurnConstraint(Vocabulary, calls: null, Tags, ConstraintAutomaton.ForValue(Vocabulary, JsonShape.AnyObject), begun: null);
        var tokens = Ids("{\"a\": [1, 2]");

        Assert.False(constraint.Next([.. tokens], 0)!.Allows(End));
        tokens.AddRange(Ids("}"));
        var mask = constraint.Next([.. tokens], 0)!;
        Assert.Equal(Vocabulary.EndTokens, mask.Tokens.ToArray());
    }

    [Fact]
    public void Where_json_is_wanted_calls_may_come_first_and_only_calls_follow_them()
    {
        var constraint = new TurnConstraint(Vocabulary, Calls(), Tags, ConstraintAutomaton.ForValue(Vocabulary, JsonShape.AnyObject), begun: null);
        var tokens = new List<int>();

        var first = constraint.Next([], 0)!;
        Assert.True(first.Allows(Tags.Open) && first.Allows(Ids("{\"")[0]));
        Assert.False(first.Allows(Ids("I")[0]) || first.Allows(End));
        tokens.AddRange([Tags.Open, .. Ids("\n{\"name\": \"get_time\", \"arguments\": {}}\n"), Tags.Close]);
        var between = constraint.Next([.. tokens], 0)!;
        Assert.True(between.Allows(End) && between.Allows(Tags.Open) && between.Allows(Ids("\n")[0]));
        Assert.False(between.Allows(Ids("{\"")[0]));
        tokens.AddRange(Ids("\n"));
        Assert.Equal([Tags.Open], constraint.Next([.. tokens], 0)!.Tokens.ToArray());
    }

    [Fact]
    public void A_text_that_has_left_its_constraint_is_an_error()
    {
        var constraint = new TurnConstraint(Vocabulary, Calls(), Tags, answer: null, begun: null);

        Assert.Throws<ConstraintException>(() => constraint.Next([Tags.Open, .. Ids("hello")], 0));
        Assert.Throws<ConstraintException>(() => new TurnConstraint(Vocabulary, Calls(), Tags, null, null).Next([Tags.Open, End], 0));
    }

    [Fact]
    public void Where_the_way_is_known_nothing_is_allocated()
    {
        var calls = Calls();
        int[] tokens = [Tags.Open, .. Ids("\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"广州 and Paris\", \"days\": [1, 2]}}\n"), Tags.Close];
        long Walk()
        {
            var constraint = new TurnConstraint(Vocabulary, calls, Tags, null, null);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 1; i <= tokens.Length; i++)
            {
                constraint.Foresee(tokens.AsSpan(0, i), 0);
                constraint.Next(tokens.AsSpan(0, i), 0);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Walk();

        Assert.Equal(0, Walk());
    }

    [Theory]
    [InlineData("", "\n{\"name\": \"get_")]
    [InlineData("\n{\"name\": \"get_t", "ime\", \"arguments\": {}}\n")]
    [InlineData("\n{\"name\": \"get_w", "eather\", \"arguments\": {\"")]
    [InlineData("\n{\"name\": \"get_weather\", \"arguments\": {\"c", "ity\": \"")]
    [InlineData("\n{\"name\": \"get_weather\", \"arguments\": {\"city\":", " \"")]
    [InlineData("\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris", "")]
    [InlineData("\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"", "")]
    [InlineData("\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\",", " \"days\": [")]
    [InlineData("\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}", "}\n")]
    [InlineData("\n{\"name\": \"get_time\", \"arguments\": {}}\n", "")]
    [InlineData("\n{\"name\": \"no", "")]
    public void What_follows_by_the_form_is_foreseen_as_far_as_there_is_no_choice(string before, string expected)
    {
        var calls = Calls();

        var bytes = ForeseenText.BytesAfter(calls, calls.Next(calls.Start, System.Text.Encoding.UTF8.GetBytes(before)), out _);

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void Foreseen_tokens_end_with_the_tag_where_the_call_does()
    {
        var constraint = new TurnConstraint(Vocabulary, Calls(), Tags, answer: null, begun: null);
        List<int> tokens = [.. Ids("Let me see."), Tags.Open, .. Ids("\n{\"name\": \"get_t")];

        Assert.Equal([.. Ids("ime\", \"arguments\": {}}\n"), Tags.Close], constraint.Foresee([.. tokens], 0).ToArray());

        // What was only looked at has changed nothing.
        Assert.NotNull(constraint.Next([.. tokens], 0));
        tokens.AddRange([.. Ids("ime\", \"arguments\": {}}\n"), Tags.Close]);
        Assert.True(constraint.Foresee([.. tokens], 0).IsEmpty);
        Assert.Null(constraint.Next([.. tokens], 0));
    }

    [Fact]
    public void A_text_that_has_left_its_constraint_foresees_nothing_and_is_an_error_only_when_it_is_taken()
    {
        var constraint = new TurnConstraint(Vocabulary, Calls(), Tags, answer: null, begun: null);
        int[] tokens = [Tags.Open, .. Ids("hello")];

        Assert.True(constraint.Foresee(tokens, 0).IsEmpty);
        Assert.True(new TurnConstraint(Vocabulary, Calls(), Tags, null, null).Foresee([Tags.Open, End], 0).IsEmpty);
        Assert.Throws<ConstraintException>(() => constraint.Next(tokens, 0));
    }

    private static ConstraintAutomaton Calls()
    {
        var city = new JsonShape { Forms = [StringForm.Any] };
        var numbers = new JsonShape { Forms = [NumberForm.Integer] };
        var days = new JsonShape { Forms = [new ArrayForm([], numbers)] };
        var weather = new JsonShape { Forms = [new ObjectForm([("city", city, true), ("days", days, false)], others: null)] };
        var time = new JsonShape { Forms = [new ObjectForm([], others: null)] };
        JsonShape.Close([city, numbers, days, weather, time]);
        return ConstraintAutomaton.ForCall(Vocabulary, new CallForm(["\n{\"name\": \"get_weather\", \"arguments\": ", "\n{\"name\": \"get_time\", \"arguments\": "], [weather, time]), Tags.Close);
    }

    private static List<int> Ids(string text)
    {
        var ids = new List<int>();
        Tokenizer.Encode(text, ids);
        return ids;
    }
}
