using System.Text;
using System.Text.Json;
using Agent.Host.Terminal;

namespace Agent.Host.Tests.Terminal;

public sealed class JsonNumbersTests
{
    [Theory]
    [InlineData(2.0 / 3, 3, "0.667")]
    [InlineData(2.0 / 3, null, "0.6666666666666666")]
    [InlineData(100.0, 1, "100")]
    [InlineData(null, 3, "null")]
    public void A_number_is_rounded_where_that_is_asked_for(double? value, int? decimals, string expected) =>
        Assert.Equal(expected, Written(json => json.WriteNumberOrNull("x", value, decimals)));

    [Fact]
    public void A_decimal_number_keeps_the_zero_that_rounding_leaves()
    {
        Assert.Equal("100.0", Written(json => json.WriteNumberOrNull("x", 99.97m, 1)));
        Assert.Equal("50", Written(json => json.WriteNumberOrNull("x", 50m, 1)));
        Assert.Equal("null", Written(json => json.WriteNumberOrNull("x", (decimal?)null, 1)));
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return JsonElement.Parse(Encoding.UTF8.GetString(buffer.ToArray())).GetProperty("x").GetRawText();
    }
}
