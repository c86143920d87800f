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
                constraint.Next(tokens.AsSpan(0, i), 0);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Walk();

        Assert.Equal(0, Walk());
    }

    [Fact]
    public void What_must_follow_is_known_with_the_tokens_that_stay()
    {
        var calls = Calls();
        var opened = ForcedText.TokensAfter(calls, calls.Start, Tokenizer);
        Assert.Equal("\n{\"name\": \"get_", Text(ForcedText.BytesAfter(calls, calls.Start)));
        Assert.Equal(Ids("\n{\"name\": \"get_time\"")[..opened.Length], opened);
        Assert.True(opened.Length >= 4, $"{opened.Length} tokens");

        var named = calls.Next(calls.Start, "\n{\"name\": \"get_t"u8);
        Assert.Equal("ime\", \"arguments\": {", Text(ForcedText.BytesAfter(calls, named)));
        var tail = calls.Next(calls.Start, "\n{\"name\": \"get_time\", \"arguments\": {}"u8);
        Assert.Equal("}", Text(ForcedText.BytesAfter(calls, tail)));
        Assert.Empty(ForcedText.BytesAfter(calls, calls.Next(tail, "}"u8)));
    }

    [Fact]
    public void Forced_tokens_are_those_of_the_whole_text_wherever_its_own_tokens_end()
    {
        var calls = Calls();
        var forcedTokens = 0;
        foreach (var text in (string[])
            [
                "\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"days\": [1]}}\n",
                "\n{\"name\": \"get_weather\", \"arguments\": {\"days\": [], \"city\": \"\"}}\n",
                "\n{\"name\": \"get_time\", \"arguments\": {}}\n",
            ])
        {
            var tokens = Ids(text);
            var state = calls.Start;
            for (var i = 0; i < tokens.Count; i++)
            {
                var forced = ForcedText.TokensAfter(calls, state, Tokenizer);
                Assert.Equal(tokens.Skip(i).Take(forced.Length), forced);
                forcedTokens += forced.Length > 0 ? 1 : 0;
                state = calls.Next(state, Tokenizer.GetBytes(tokens[i]));
            }
        }

        Assert.True(forcedTokens > 10, $"{forcedTokens} places");
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

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private static List<int> Ids(string text)
    {
        var ids = new List<int>();
        Tokenizer.Encode(text, ids);
        return ids;
    }
}
