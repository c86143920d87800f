using Agent.Core.Inference.Drafting;

namespace Agent.Core.Tests.Inference.Drafting;

public class PromptLookupTests
{
    [Fact]
    public void What_stood_before_is_found_with_what_followed()
    {
        var lookup = new PromptLookup();

        var place = lookup.Find([1, 2, 3, 4, 5, 6, 9, 2, 3, 4], out var match);

        Assert.Equal((4, 3), (place, match));
    }

    [Fact]
    public void Two_tokens_are_not_enough()
    {
        Assert.Equal(-1, new PromptLookup().Find([1, 2, 3, 9, 1, 2], out var match));
        Assert.Equal(0, match);
        Assert.Equal(-1, new PromptLookup().Find([1, 2], out _));
        Assert.Equal(-1, new PromptLookup().Find([1, 2, 3], out _));
    }

    [Fact]
    public void The_longest_of_several_places_is_taken_and_of_equal_ones_the_last()
    {
        int[] text = [5, 1, 2, 3, 10, 8, 1, 2, 3, 11, 7, 1, 2, 3, 12, 5, 1, 2, 3];

        Assert.Equal(4, new PromptLookup().Find(text, out var match));
        Assert.Equal(4, match);
        Assert.Equal(14, new PromptLookup().Find([.. text[..15], 6, 1, 2, 3], out match));
        Assert.Equal(3, match);
    }

    [Fact]
    public void A_text_is_found_in_itself()
    {
        var place = new PromptLookup().Find([1, 1, 1, 1, 1], out var match);

        Assert.Equal((4, 4), (place, match));
    }

    [Fact]
    public void As_a_text_grows_each_answer_is_that_of_a_search_through_all_of_it()
    {
        var random = new Random(5);
        var lookup = new PromptLookup();
        var text = new List<int>();
        for (var i = 0; i < 5000; i++)
        {
            if (text.Count > 50 && random.Next(20) == 0)
            {
                var from = random.Next(text.Count - 40);
                text.AddRange(text.GetRange(from, random.Next(3, 40)));
            }
            else
            {
                text.Add(random.Next(2000));
            }

            var tokens = text.ToArray();
            var place = lookup.Find(tokens, out var match);

            Assert.Equal(place >= 0, Runs(tokens).Any());
            if (place >= 0)
            {
                Assert.Equal(tokens[(place - match)..place], tokens[^match..]);
                Assert.True(match >= PromptLookup.LeastMatch);
            }
        }
    }

    /// <summary>Where the last three tokens stand earlier, with a token behind them.</summary>
    private static IEnumerable<int> Runs(int[] tokens) => tokens.Length < 4
        ? []
        : Enumerable.Range(3, tokens.Length - 3).Where(end => tokens.AsSpan(end - 3, 3).SequenceEqual(tokens.AsSpan(tokens.Length - 3)));
}
