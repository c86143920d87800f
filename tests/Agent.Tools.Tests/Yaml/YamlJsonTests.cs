using Agent.Tools.Registry;
using Agent.Tools.Yaml;

namespace Agent.Tools.Tests.Yaml;

public sealed class YamlJsonTests
{
    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1e-07", "1e-07")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("-5", "-5")]
    [InlineData("+5", "5")]
    [InlineData("007", "7")]
    [InlineData(".5", "0.5")]
    [InlineData("true", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("no", "\"no\"")]
    [InlineData("'5'", "\"5\"")]
    [InlineData("\"null\"", "\"null\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("2026-01-01", "\"2026-01-01\"")]
    [InlineData("0x1F", "\"0x1F\"")]
    [InlineData("-", "[null]")]
    [InlineData("--5", "\"--5\"")]
    [InlineData("e5", "\"e5\"")]
    [InlineData("广州", "\"广州\"")]
    [InlineData("{a: 1, b: [x, {c: }]}", "{\"a\":1,\"b\":[\"x\",{\"c\":null}]}")]
    public void Values_follow_the_core_schema(string yaml, string json)
    {
        var problems = new ToolProblems();
        var value = YamlDocumentReader.Read(yaml, "x.yaml", problems)!;
        Assert.Equal(json, YamlJson.ToJson(value, problems).GetRawText());
        Assert.Equal(0, problems.Count);
    }

    [Theory]
    [InlineData(".inf")]
    [InlineData("-.INF")]
    [InlineData(".nan")]
    public void Numbers_that_JSON_cannot_hold_are_reported(string yaml)
    {
        var problems = new ToolProblems();
        YamlJson.ToJson(YamlDocumentReader.Read($"a: {yaml}", "x.yaml", problems)!, problems);
        Assert.Equal($"x.yaml:1:4: {yaml} is not a number that JSON can hold. Write a finite number, or quote it as text.", Assert.Single(problems.Sorted()).ToString());
    }
}
