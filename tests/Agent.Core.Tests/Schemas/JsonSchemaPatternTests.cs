using System.Diagnostics;
using System.Text.Json;
using Agent.Core.Schemas;

namespace Agent.Core.Tests.Schemas;

public class JsonSchemaPatternTests
{
    [Theory]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("a", "xax", true)]
    [InlineData("", "anything", true)]
    [InlineData("^\\d+$", "0123", true)]
    [InlineData("^\\d+$", "٣", false)]
    [InlineData("^\\w+$", "az_09", true)]
    [InlineData("^\\w+$", "é", false)]
    [InlineData("^\\W$", "é", true)]
    [InlineData("^\\D\\S$", "é漢", true)]
    [InlineData("^\\s$", "\ufeff", true)]
    [InlineData("^\\s$", "\u0085", false)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^..$", "😀", false)]
    [InlineData("^.$", "\r", false)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^[^a]{2}$", "😀", false)]
    [InlineData("^[^]$", "\n", true)]
    [InlineData("^[😀-😎]$", "😃", true)]
    [InlineData("^[😀-😎]$", "😏", false)]
    [InlineData("^[a-z😀]+$", "a😀z", true)]
    [InlineData("^\\u{1F600}$", "😀", true)]
    [InlineData("^\\uD83D\\uDE00$", "😀", true)]
    [InlineData("^[\\u4e00-\\u9fff]{2,4}$", "广州", true)]
    [InlineData("^[\\u{10000}-\\u{10FFFF}]$", "𠀀", true)]
    [InlineData("^[\\d\\-x]+$", "1-x", true)]
    [InlineData("^[-a]$", "-", true)]
    [InlineData("^[a-]$", "-", true)]
    [InlineData("^[a\\]]$", "]", true)]
    [InlineData("^[a-z-[aeiou]]$", "b]", true)]
    [InlineData("^[\\b]$", "\b", true)]
    [InlineData("^\\/a\\.b$", "/a.b", true)]
    [InlineData("^{a}$", "{a}", true)]
    [InlineData("^a{2}$", "aa", true)]
    [InlineData("^a{2,}$", "aaa", true)]
    [InlineData("^a{1,2}?$", "aa", true)]
    [InlineData("^(?:a|b)+?c$", "abac", true)]
    [InlineData("^(?<name>a)b$", "ab", true)]
    [InlineData("^(a(b|))+$", "aab", true)]
    [InlineData("^\\x41\\cJ\\t$", "A\n\t", true)]
    [InlineData("^#a b$", "#a b", true)]
    [InlineData("^[A-Z]{2}\\d{4}$", "ab1234", false)]
    public void Patterns_mean_what_they_mean_in_ecma_script(string pattern, string text, bool expected)
    {
        var violations = Schema(pattern).Validate(JsonSerializer.SerializeToElement(text));

        Assert.Equal(expected, violations.Count == 0);
    }

    [Theory]
    [InlineData("(?=a)", "looks ahead or behind")]
    [InlineData("(?!a)", "looks ahead or behind")]
    [InlineData("(?<=a)b", "looks ahead or behind")]
    [InlineData("(?<!a)b", "looks ahead or behind")]
    [InlineData("(a)\\1", "refers back")]
    [InlineData("(?<n>a)\\k<n>", "refers back")]
    [InlineData("(?>a)", "ECMA-262 does not have")]
    [InlineData("(?i)a", "ECMA-262 does not have")]
    [InlineData("\\bword\\b", "word boundaries")]
    [InlineData("\\Aa\\z", "has no meaning")]
    [InlineData("\\p{L}", "Unicode classes")]
    [InlineData("[\\P{Script=Han}]", "write ranges such as")]
    [InlineData("(a", "not closed")]
    [InlineData("a)", "not opened")]
    [InlineData("[a", "not closed")]
    [InlineData("[b-a]", "wrong way round")]
    [InlineData("[]", "matches nothing")]
    [InlineData("[\\d-z]", "starts or ends with a class")]
    [InlineData("*a", "nothing before it")]
    [InlineData("a**", "repetition is repeated")]
    [InlineData("a{3,2}", "wrong way round")]
    [InlineData("a\\", "ends in a backslash")]
    [InlineData("\\u12", "lacks its 4")]
    [InlineData("\\uD800", "half of a surrogate pair")]
    [InlineData("(a{100}){100}", "too large")]
    [InlineData("a{1000000000}", "too often")]
    [InlineData("a{999999999}", "too large")]
    public void A_pattern_that_cannot_be_enforced_is_an_error(string pattern, string expected)
    {
        var error = Assert.Throws<JsonSchemaException>(() => Schema(pattern));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("/pattern", error.Pointer);
    }

    [Fact]
    public void Nesting_of_parentheses_is_bounded() =>
        Assert.Contains(
            "nested deeper than 32",
            Assert.Throws<JsonSchemaException>(() => Schema(new string('(', 20_000) + new string(')', 20_000))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(x+x+)+y$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(.*,){11}P")]
    [InlineData("^(a|b)*a(a|b){20}$")]
    [InlineData("(a*)*b")]
    public void Patterns_that_explode_elsewhere_take_linear_time(string pattern)
    {
        var schema = Schema(pattern);
        var bomb = JsonSerializer.SerializeToElement(new string('a', 100_000) + "!" + new string('x', 1000) + string.Concat(Enumerable.Repeat("1,", 5000)));
        var start = Stopwatch.GetTimestamp();

        Assert.Single(schema.Validate(bomb));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Names_of_pattern_properties_are_translated_too()
    {
        var error = Assert.Throws<JsonSchemaException>(() => """{"patternProperties":{"(?=x)":{}}}""".Schema());

        Assert.Equal("/patternProperties", error.Pointer);
        Assert.Contains("\"(?=x)\"", error.Message, StringComparison.Ordinal);
    }

    private static JsonSchema Schema(string pattern) => JsonSchema.Compile(JsonSerializer.SerializeToElement(new { pattern }));

    [Fact]
    public void The_patterns_of_a_schema_are_bounded_together()
    {
        static string Schema(int count, Func<int, string> pattern) => JsonSerializer.Serialize(
            new { properties = Enumerable.Range(0, count).ToDictionary(i => $"p{i}", i => new { pattern = pattern(i) }) });
        static string Characters(int i) => string.Concat(Enumerable.Range(0, 200).Select(n => (char)(0x4E00 + (2 * n) + (i * 500))));

        Schema(1000, _ => "^a+$").Schema();
        Schema(64, i => $"^a{i}$").Schema();
        Assert.Contains("more than 64 different patterns", Assert.Throws<JsonSchemaException>(() => Schema(65, i => $"^a{i}$").Schema()).Message, StringComparison.Ordinal);
        Assert.Contains("more than 1024 ranges", Assert.Throws<JsonSchemaException>(() => Schema(6, i => $"[{Characters(i)}]").Schema()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_of_very_many_characters_is_refused_before_it_takes_memory()
    {
        var characters = string.Concat(Enumerable.Range(0, 3000).Select(i => char.ConvertFromUtf32(0x10000 + (3 * i))));

        Assert.Contains("more than 256 ranges", Assert.Throws<JsonSchemaException>(() => Schema($"[{characters}]")).Message, StringComparison.Ordinal);
    }
}
