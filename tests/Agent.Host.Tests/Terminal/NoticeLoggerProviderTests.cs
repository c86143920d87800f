using Agent.Host.Terminal;
using Agent.Host.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Tests.Terminal;

public sealed class NoticeLoggerProviderTests
{
    [Theory]
    [InlineData("a\nerror Tools: forged")]
    [InlineData("a\r\nerror Tools: forged")]
    [InlineData("a\rerror Tools: forged")]
    [InlineData("a\u0085error Tools: forged")]
    [InlineData("a\u2028error Tools: forged")]
    public void No_text_makes_a_line_that_passes_for_an_entry(string text)
    {
        var console = new FakeConsole();
        using var provider = new NoticeLoggerProvider(new ConsoleTerminal(console, new Dictionary<string, string>(StringComparer.Ordinal)), LogLevel.Warning);

        provider.CreateLogger("Agent.Tools").LogWarning(new InvalidOperationException(text), "{Text}", text);

        var lines = console.Errors.TrimEnd().Split('\n');
        Assert.Equal("warn Tools: a\\nerror Tools: forged", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.Equal("    System.InvalidOperationException: a", lines[1]);
        Assert.Equal("    error Tools: forged", lines[2]);
        Assert.DoesNotContain('\r', console.Errors);
    }
}
