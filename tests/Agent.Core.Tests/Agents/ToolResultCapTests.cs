using System.Text;
using Agent.Core.Agents;

namespace Agent.Core.Tests.Agents;

public sealed class ToolResultCapTests
{
    [Theory]
    [InlineData("", 4, "")]
    [InlineData("abcd", 4, "abcd")]
    [InlineData("abcde", 4, "abcd… [truncated: 4 of 5 bytes]")]
    [InlineData("广州", 6, "广州")]
    [InlineData("广州", 5, "广… [truncated: 3 of 6 bytes]")]
    [InlineData("a😀b", 4, "a… [truncated: 1 of 6 bytes]")]
    [InlineData("a😀b", 5, "a😀… [truncated: 5 of 6 bytes]")]
    public void Keeps_whole_characters(string text, int maxBytes, string expected) =>
        Assert.Equal(expected, ToolResultCap.Apply(text, maxBytes));

    // Not in the table above: an attribute cannot hold half a surrogate pair.
    [Fact]
    public void Half_a_surrogate_pair_counts_as_the_character_that_replaces_it() =>
        Assert.Equal("\ud83da… [truncated: 4 of 6 bytes]", ToolResultCap.Apply("\ud83dabc", 4));

    [Fact]
    public void Any_cap_keeps_the_longest_prefix_that_fits()
    {
        const string Text = "aé广😀b\u0301\r\nz";
        var total = Encoding.UTF8.GetByteCount(Text);
        for (var cap = 0; cap < total; cap++)
        {
            var prefix = ToolResultCap.Apply(Text, cap).Split('…')[0];
            Assert.StartsWith(prefix, Text, StringComparison.Ordinal);
            var kept = Encoding.UTF8.GetByteCount(prefix);
            var next = Text.AsSpan(prefix.Length).EnumerateRunes();
            Assert.True(next.MoveNext());
            Assert.InRange(cap, kept, kept + next.Current.Utf8SequenceLength - 1);
        }

        Assert.Equal(Text, ToolResultCap.Apply(Text, total));
    }
}
