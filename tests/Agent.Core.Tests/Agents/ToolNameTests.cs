using Agent.Core.Agents;

namespace Agent.Core.Tests.Agents;

public sealed class ToolNameTests
{
    [Theory]
    [InlineData("weather", "weather")]
    [InlineData("a\r\nFAKE LOG LINE", "a\\u000d\\u000aFAKE LOG LINE")]
    [InlineData("a\u2028b\u0085c", "a\\u2028b\\u0085c")]
    [InlineData("工具", "工具")]
    public void Shown_on_one_line(string name, string expected) => Assert.Equal(expected, ToolName.ForDisplay(name));

    [Fact]
    public void Long_names_are_cut() => Assert.Equal(new string('a', 64) + "…", ToolName.ForDisplay(new string('a', 65)));
}
