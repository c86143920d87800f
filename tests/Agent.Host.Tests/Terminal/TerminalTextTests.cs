using Agent.Host.Terminal;

namespace Agent.Host.Tests.Terminal;

public sealed class TerminalTextTests
{
    [Fact]
    public void What_controls_a_terminal_is_replaced()
    {
        Assert.Equal("a\uFFFD[31mb\uFFFDc\uFFFDd", TerminalText.Clean("a\u001b[31mb\rc\u009Bd"));
        Assert.Equal("广州 31°C\n\t😀", TerminalText.Clean("广州 31°C\n\t😀"));
    }

    [Fact]
    public void What_turns_text_around_is_replaced_and_what_joins_characters_stays()
    {
        Assert.Equal("a\uFFFDb\uFFFDc", TerminalText.Clean("a\u202Eb\u2066c"));
        Assert.Equal("👩\u200D🔧 \u200Fא", TerminalText.Clean("👩\u200D🔧 \u200Fא"));
    }

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc…")]
    [InlineData("a\nb\tc", 9, "a b c")]
    [InlineData("ab😀", 3, "ab…")]
    public void A_line_is_cut_between_characters(string text, int maximum, string expected) => Assert.Equal(expected, TerminalText.OneLine(text, maximum));
}
