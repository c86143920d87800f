using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Core.Chat.Template;

namespace Agent.Core.Tests.Chat.Template;

public sealed class PythonJsonArgumentsTests
{
    public static TheoryData<string> ValueNames => [.. Values.Keys];

    private static IReadOnlyDictionary<string, (object? Value, string Expected)> Values { get; } =
        new Dictionary<string, (object?, string)>
        {
            ["null"] = (null, "null"),
            ["string"] = ("a\"\n\u0001北京\uD800", "\"a\\\"\\n\\u0001北京\uFFFD\""),
            ["char"] = ('x', "\"x\""),
            ["bool"] = (true, "true"),
            ["int"] = (-5, "-5"),
            ["byte"] = ((byte)7, "7"),
            ["ulong"] = (ulong.MaxValue, "18446744073709551615"),
            ["int128"] = (Int128.MinValue, "-170141183460469231731687303715884105728"),
            ["big integer"] = (BigInteger.Pow(10, 30), "1000000000000000000000000000000"),
            ["whole double"] = (1.0, "1.0"),
            ["negative zero"] = (-0.0, "-0.0"),
            ["small double"] = (1e-7, "1e-07"),
            ["large double"] = (1e16, "1e+16"),
            ["float"] = (0.1f, "0.1"),
            ["whole float"] = (2f, "2.0"),
            ["half"] = ((Half)0.5, "0.5"),
            ["whole decimal"] = (3m, "3"),
            ["decimal"] = (3.10m, "3.1"),
            ["decimal with zeros"] = (1.0m, "1.0"),
            ["element"] = (JsonElement.Parse("{\"a\":1.0}"), "{\"a\": 1.0}"),
            ["undefined element"] = (default(JsonElement), "null"),
            ["document"] = (JsonDocument.Parse("[1e2]"), "[100.0]"),
            ["parsed node"] = (JsonNode.Parse("{\"a\":[1.0,\"x\",true,null,12345678901234567890]}"), "{\"a\": [1.0, \"x\", true, null, 12345678901234567890]}"),
            ["built node"] = (new JsonObject { ["a"] = 1.0, ["b"] = new JsonArray(1, "x", false, null, 2.5) }, "{\"a\": 1.0, \"b\": [1, \"x\", false, null, 2.5]}"),
            ["deserialised node"] = (JsonSerializer.Deserialize<JsonNode>("[\"s\",true,1.0,{}]"), "[\"s\", true, 1.0, {}]"),
            ["node of a record"] = (JsonValue.Create(new Point(1, 2)), "{\"x\": 1, \"y\": 2}"),
            ["nested dictionary"] = (new Dictionary<string, object?> { ["z"] = 1.0, ["a"] = null }, "{\"z\": 1.0, \"a\": null}"),
            ["typed dictionary"] = (new Dictionary<string, double> { ["z"] = 1.0 }, "{\"z\": 1.0}"),
            ["empty dictionary"] = (new Dictionary<string, object?>(), "{}"),
            ["list of objects"] = (new List<object?> { 1, 1.0, "x", null, new List<object?>() }, "[1, 1.0, \"x\", null, []]"),
            ["list of doubles"] = (new List<double> { 1, 2.5 }, "[1.0, 2.5]"),
            ["array of ints"] = (new[] { 1, 2 }, "[1, 2]"),
            ["sequence of strings"] = (new[] { "a", "b" }.Where(s => s != "b"), "[\"a\"]"),
            ["bytes"] = (new byte[] { 1, 2, 3 }, "\"AQID\""),
            ["date"] = (new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc), "\"2024-02-29T12:00:00Z\""),
            ["record"] = (new Point(3, 4), "{\"x\": 3, \"y\": 4}"),
        };

    [Theory]
    [MemberData(nameof(ValueNames))]
    public void Writes(string name)
    {
        var (value, expected) = Values[name];

        Assert.Equal("{\"v\": " + expected + "}", PythonJsonArguments.Write(new Dictionary<string, object?> { ["v"] = value }));
    }

    [Theory]
    [MemberData(nameof(ValueNames))]
    public void The_element_renders_to_the_same_text(string name)
    {
        var arguments = new Dictionary<string, object?> { ["v"] = Values[name].Value };

        Assert.Equal(PythonJsonArguments.Write(arguments), PythonJson.Write(PythonJsonArguments.ToElement(arguments)));
    }

    [Fact]
    public void No_arguments_are_an_empty_object() => Assert.Equal("{}", PythonJsonArguments.Write(null));

    [Fact]
    public void Order_of_keys_is_kept() =>
        Assert.Equal(
            "{\"b\": 1, \"a\": 2}",
            PythonJsonArguments.Write([KeyValuePair.Create("b", (object?)1), KeyValuePair.Create("a", (object?)2)]));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Numbers_that_JSON_cannot_express_are_an_error(object value)
    {
        var error = Assert.Throws<ArgumentException>(
            () => PythonJsonArguments.Write(new Dictionary<string, object?> { ["v"] = value }));

        Assert.Contains("NaN or infinite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_holds_itself_is_an_error_not_an_overflow()
    {
        var list = new List<object?>();
        list.Add(list);

        var error = Assert.Throws<ArgumentException>(
            () => PythonJsonArguments.Write(new Dictionary<string, object?> { ["v"] = list }));

        Assert.Contains("64 levels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_a_JSON_form_is_named()
    {
        var error = Assert.Throws<ArgumentException>(
            () => PythonJsonArguments.Write(new Dictionary<string, object?> { ["v"] = typeof(string) }));

        Assert.Contains("System.RuntimeType", error.Message, StringComparison.Ordinal);
    }

    private sealed record Point(int X, int Y);
}
