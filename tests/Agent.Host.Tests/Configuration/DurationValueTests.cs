using Agent.Host.Configuration;

namespace Agent.Host.Tests.Configuration;

public sealed class DurationValueTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5S", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:02:00", 120_000)]
    public void A_duration_is_read(string text, int milliseconds)
    {
        Assert.True(DurationValue.TryParse(text, out var value));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("")]
    [InlineData("-2s")]
    [InlineData("s")]
    [InlineData("2 days")]
    [InlineData("99999999999999999999h")]
    public void Anything_else_is_refused(string text) => Assert.False(DurationValue.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(250, "250ms")]
    [InlineData(1_500, "1500ms")]
    [InlineData(90_000, "90s")]
    [InlineData(120_000, "2m")]
    [InlineData(86_400_000, "24h")]
    public void A_duration_is_written_so_that_it_can_be_read(int milliseconds, string text)
    {
        Assert.Equal(text, DurationValue.Format(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.True(DurationValue.TryParse(text, out var value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }
}
