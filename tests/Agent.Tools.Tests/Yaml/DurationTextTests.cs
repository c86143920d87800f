using Agent.Tools.Yaml;

namespace Agent.Tools.Tests.Yaml;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    public void Durations_are_read(string text, int milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("10 s")]
    [InlineData("-1s")]
    [InlineData("1s2")]
    [InlineData("1d")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999999999999999999999s")]
    public void Other_texts_are_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(50, "50ms", "50 ms")]
    [InlineData(1_000, "1s", "1 s")]
    [InlineData(1_500, "1.5s", "1.5 s")]
    [InlineData(90_000, "90s", "90 s")]
    [InlineData(600_000, "10m", "10 min")]
    [InlineData(3_600_000, "1h", "60 min")]
    public void Durations_are_written(int milliseconds, string file, string words)
    {
        Assert.Equal(file, DurationText.Format(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.Equal(words, DurationText.Words(TimeSpan.FromMilliseconds(milliseconds)));
    }
}
