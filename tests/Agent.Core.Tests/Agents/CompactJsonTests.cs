using System.Text.Json;
using Agent.Core.Agents;

namespace Agent.Core.Tests.Agents;

public sealed class CompactJsonTests
{
    [Theory]
    [InlineData("广州", "\"广州\"")]
    [InlineData("😀　\u00a0\ue000", "\"😀　\u00a0\ue000\"")]
    [InlineData("\\u5e7f", "\"\\\\u5e7f\"")]
    [InlineData("a\\\\u3000", "\"a\\\\\\\\u3000\"")]
    [InlineData("\u0001\n\t\"\\/", "\"\\u0001\\n\\t\\\"\\\\/\"")]
    [InlineData("\u2028\u2029\u0085", "\"\\u2028\\u2029\\u0085\"")]
    [InlineData("<&>'+", "\"<&>'+\"")]
    public void Escapes_only_what_it_must(string text, string expected) => Assert.Equal(expected, CompactJson.Quote(text));

    [Fact]
    public void Every_unit_of_text_survives_the_round_trip()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4) switch
            {
                0 => "\\",
                1 => "\\u3000"[..random.Next(7)],
                2 => char.ConvertFromUtf32(random.Next(0x10000, 0x110000)),
                _ => ((char)random.Next(0xd800)).ToString(),
            }));

            Assert.Equal(text, JsonElement.Parse(CompactJson.Quote(text)).GetString());
            Assert.Equal(text, JsonElement.Parse(CompactJson.Write(JsonSerializer.SerializeToElement(new[] { text })))[0].GetString());
        }
    }
}
