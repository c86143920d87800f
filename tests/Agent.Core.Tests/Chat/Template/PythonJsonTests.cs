using System.Text.Json;
using Agent.Core.Chat.Template;

namespace Agent.Core.Tests.Chat.Template;

/// <summary>Expected texts are what <c>json.dumps(json.loads(x), ensure_ascii=False)</c> of Python 3 prints.</summary>
public sealed class PythonJsonTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("[ ]", "[]")]
    [InlineData("[1,2 ,\t3]", "[1, 2, 3]")]
    [InlineData("{\"b\":1,\"a\":{\"c\":[]}}", "{\"b\": 1, \"a\": {\"c\": []}}")]
    [InlineData("[true,false,null]", "[true, false, null]")]
    [InlineData("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\": 3, \"b\": 2}")]
    [InlineData("{\"a\":1,\"b\":2,\"\\u0061\":[]}", "{\"a\": [], \"b\": 2}")]
    [InlineData("{\"\":0}", "{\"\": 0}")]
    public void Structure(string json, string expected) => Assert.Equal(expected, Rewrite(json));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-5", "-5")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("0.0", "0.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1.50", "1.5")]
    [InlineData("1E2", "100.0")]
    [InlineData("1e-4", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1e-07", "1e-07")]
    [InlineData("1.25e-10", "1.25e-10")]
    [InlineData("123456789.123456789", "123456789.12345679")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("9999999999999998.0", "9999999999999998.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("12345678901234567.0", "1.2345678901234568e+16")]
    [InlineData("1e22", "1e+22")]
    [InlineData("1e23", "1e+23")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("2.2250738585072014e-308", "2.2250738585072014e-308")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("9.5367431640625e-07", "9.5367431640625e-07")]
    [InlineData("4.8828125e-4", "0.00048828125")]
    [InlineData("2.98023223876953125e-8", "2.9802322387695312e-08")]
    [InlineData("4.1045368012983762e-289", "4.1045368012983762e-289")]
    [InlineData("1e400", "Infinity")]
    [InlineData("-1e400", "-Infinity")]
    public void Numbers(string json, string expected) => Assert.Equal(expected, Rewrite(json));

    [Theory]
    [InlineData("\"\\\"\\\\\\/\"", "\"\\\"\\\\/\"")]
    [InlineData("\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\"")]
    [InlineData("\"\\u0000\\u001F\"", "\"\\u0000\\u001f\"")]
    [InlineData("\"\\u007f\\u0085\\u2028\\ufeff\"", "\"\u007f\u0085\u2028\ufeff\"")]
    [InlineData("\"\\u5317\\u4eac\"", "\"北京\"")]
    [InlineData("\"\\ud83d\\ude00\"", "\"😀\"")]
    [InlineData("\"😀é\"", "\"😀é\"")]
    [InlineData("\"<tool_call>&'\"", "\"<tool_call>&'\"")]
    public void Strings(string json, string expected) => Assert.Equal(expected, Rewrite(json));

    [Theory]
    [InlineData("\"\\ud800\"", "\"\uFFFD\"")]
    [InlineData("\"\\udc00\\ud800\"", "\"\uFFFD\uFFFD\"")]
    [InlineData("\"\\ud800x\"", "\"\uFFFDx\"")]
    [InlineData("{\"\\ud83d\":1}", "{\"\uFFFD\": 1}")]
    public void Unpaired_surrogates_become_the_replacement_character(string json, string expected) =>
        Assert.Equal(expected, Rewrite(json));

    [Fact]
    public void Nesting_up_to_64_levels_is_written()
    {
        var json = new string('[', 64) + new string(']', 64);

        Assert.Equal(json, Rewrite(json));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Nesting_beyond_64_levels_is_an_error(string open, string close)
    {
        var json = string.Concat(Enumerable.Repeat(open, 65)) + "0" + string.Concat(Enumerable.Repeat(close, 65));
        var element = JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 100 });

        var error = Assert.Throws<ArgumentException>(() => PythonJson.Write(element));

        Assert.Equal("The JSON value nests deeper than 64 levels; flatten it.", error.Message);
    }

    [Fact]
    public void An_undefined_element_is_an_error() => Assert.Throws<ArgumentException>(() => PythonJson.Write(default));

    private static string Rewrite(string json) => PythonJson.Write(JsonElement.Parse(json));
}
