using System.Text;
using Agent.Core.Inference.Text;

namespace Agent.Core.Tests.Inference.Text;

public class StopStringMatcherTests
{
    public static TheoryData<string, string[], string, string?> Cases() => new()
    {
        { "one two three", ["two"], "one ", "two" },
        { "one two three", ["three", "two"], "one ", "two" },
        { "aaab", ["aab"], "a", "aab" },
        { "ababac", ["abac"], "ab", "abac" },
        { "no stop here", ["###"], "no stop here", null },
        { "ends with a start ##", ["###"], "ends with a start ##", null },
        { "a###b", ["#", "###"], "a", "#" },
        { "你好，世界。再见", ["世界"], "你好，", "世界" },
        { "text", [], "text", null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_text_before_the_first_stop_comes_out_wherever_it_is_split(string text, string[] stops, string expected, string? found)
    {
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                var matcher = new StopStringMatcher(stops);
                var output = new StringBuilder();
                foreach (var piece in new[] { text[..first], text[first..second], text[second..] })
                {
                    output.Append(matcher.Push(piece));
                }

                output.Append(matcher.Complete());
                Assert.Equal(expected, output.ToString());
                Assert.Equal(found, matcher.Found);
            }
        }
    }

    [Fact]
    public void Only_what_may_still_become_a_stop_is_held_back()
    {
        var matcher = new StopStringMatcher(["<end>"]);

        Assert.Equal("abc", matcher.Push("abc<e"));
        Assert.Equal("<ex", matcher.Push("x"));
    }

    [Fact]
    public void An_empty_stop_is_an_error() =>
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => new StopStringMatcher([""])).Message, StringComparison.Ordinal);
}
