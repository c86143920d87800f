using System.Diagnostics;
using System.Text.Json;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Masking;

public sealed class SecretMaskTests
{
    private const string All = "patterns: [phone, id_card, email, bank_card, api_key, { name: order, pattern: 'ORD-[0-9]{4}' }]";

    [Theory]
    [InlineData("电话13800138000，谢谢", "电话[phone]，谢谢")]
    [InlineData("13800138000,13900139000", "[phone],[phone]")]
    [InlineData("+86 138 0013 8000", "[phone]")]
    [InlineData("010-62345678", "[phone]")]
    [InlineData("call +49 30 1234 5678 now", "call [phone] now")]
    [InlineData("order 1380013800012 of 2026-11-20", "order 1380013800012 of 2026-11-20")]
    [InlineData("身份证11010519491231002X。", "身份证[id_card]。")]
    [InlineData("110105194912310021", "110105194912310021")] // the check digit is wrong
    [InlineData("card 4111 1111 1111 1111", "card [bank_card]")]
    [InlineData("6222021234567890", "6222021234567890")] // the check digit is wrong
    [InlineData("mail wei.zhang+x@example.com.cn!", "mail [email]!")]
    [InlineData("a@b", "a@b")]
    [InlineData("key sk-abcdefghijklmnopqrstuvwx end", "key [api_key] end")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[api_key]")]
    [InlineData("Authorization: Bearer abcdefghij0123456789", "Authorization: Bearer [api_key]")]
    [InlineData("task-force and sk-8", "task-force and sk-8")]
    [InlineData("ORD-1234 and ORD-12", "[order] and ORD-12")]
    [InlineData("广州 20°C, 3.14159, 2026-11-21T08:00:00Z", "广州 20°C, 3.14159, 2026-11-21T08:00:00Z")]
    public async Task Secrets_are_found_in_text(string text, string expected) => Assert.Equal(expected, (await Mask(All)).Mask(text));

    [Theory]
    [InlineData("""{"phone": "13800138000", "n": 5}""", """{"phone": "[phone]", "n": 5}""")]
    [InlineData("""{"phone":13800138000,"n":[1,13900139000]}""", """{"phone":"[phone]","n":[1,"[phone]"]}""")]
    [InlineData("""{"t":"\u0031380013\u0038000 \"x\" 张"}""", """{"t":"[phone] \"x\" 张"}""")]
    [InlineData("""{"13800138000": 1}""", """{"13800138000": 1}""")]
    [InlineData("""{ "a" :  [ ] }""", """{ "a" :  [ ] }""")]
    [InlineData("""{"broken": 13800138000""", """{"broken": [phone]""")]
    [InlineData("""[not json 13800138000""", """[not json [phone]""")]
    public async Task Json_stays_json(string text, string expected) => Assert.Equal(expected, (await Mask(All)).Mask(text));

    [Fact]
    public async Task Random_json_stays_the_same_value_but_for_the_secrets()
    {
        var mask = await Mask(All);
        var random = new Random(11);
        string[] texts = ["13800138000", "x", "张 \"q\" \\ \n", "a@example.com", "ORD-7777", "\u2028", "😀"];
        for (var i = 0; i < 500; i++)
        {
            var value = new Dictionary<string, object?>(StringComparer.Ordinal);
            for (var j = random.Next(6); j >= 0; j--)
            {
                value[$"k{j}"] = random.Next(3) switch { 0 => random.Next(), 1 => texts[random.Next(texts.Length)], _ => new[] { texts[random.Next(texts.Length)] } };
            }

            var json = JsonSerializer.Serialize(value);
            var masked = JsonElement.Parse(mask.Mask(json));

            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(JsonSerializer.Serialize(value.ToDictionary(p => p.Key, p => Expected(p.Value)))), masked), json);
        }

        static object? Expected(object? value) => value switch
        {
            string text => Text(text),
            string[] list => list.Select(Text).ToArray(),
            _ => value,
        };

        static string Text(string text) => text switch { "13800138000" => "[phone]", "a@example.com" => "[email]", "ORD-7777" => "[order]", _ => text };
    }

    [Fact]
    public async Task Hostile_text_takes_linear_time()
    {
        var mask = await Mask(All);
        foreach (var unit in (string[])["1", "13800138000", "a@", "a.", "eyJ", "sk-", "-----BEGIN PRIVATE KEY-----", "+1 234 ", "Bearer ", "4111 ", "ORD-"])
        {
            var text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
            var started = Stopwatch.GetTimestamp();

            _ = mask.Mask(text);

            // A megabyte takes some ten milliseconds; backtracking would take minutes.
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), unit);
        }
    }

    [Fact]
    public async Task Problems_name_place_and_fix() => Assert.Equal(
        [
            "tools.yaml:2:23: masking pattern \"phon\" is not known. Did you mean \"phone\"?; or write { name: ..., pattern: ... }.",
            "tools.yaml:2:49: masking pattern \"a\" is no regular expression: Invalid pattern '(' at offset 1. Not enough )'s. Write it in the form that .NET reads.",
            "tools.yaml:2:76: masking pattern \"b\" uses a look-around, a back-reference or an atomic group. Leave them out: patterns are matched in linear time, without backtracking.",
            "tools.yaml:2:109: masking pattern \"c\" matches nothing at all. Make it match at least one character.",
            "tools.yaml:2:125: masking name \"D d\" is not allowed. Use 1 to 32 of a-z, 0-9 and _.",
        ],
        await Builder("patterns: [phon, { name: a, pattern: '(' }, { name: b, pattern: '(?<=x)y' }, { name: c, pattern: 'x*' }, { name: D d, pattern: x }]").ProblemsAsync());

    [Fact]
    public async Task No_patterns_is_a_problem() => Assert.Equal(
        ["tools.yaml:2:10: \"masking\" names no \"patterns\". List some of api_key, email, id_card, bank_card, phone, or patterns of your own."],
        await Builder("before_model: true").ProblemsAsync());

    [Fact]
    public async Task Reasons_of_failed_calls_are_masked_in_the_log()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await new ToolRegistryBuilder { LoggerFactory = log }
            .Register("fail", string () => throw new Agent.Core.Agents.ToolException("no customer 13800138000"))
            .AddText("version: 1\nmasking: { patterns: [phone] }\ntools:\n  - { name: t, description: d, kind: function, options: { function: fail } }", "tools.yaml")
            .BuildAsync();

        Assert.Equal("no customer 13800138000", await registry.FailAsync("t"));

        Assert.Contains(log.Lines, line => line.Contains("no customer [phone]", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("13800138000", StringComparison.Ordinal));
    }

    private static ToolRegistryBuilder Builder(string masking) => new ToolRegistryBuilder().AddText($"version: 1\nmasking: {{ {masking} }}\ntools: []", "tools.yaml");

    private static async Task<Agent.Core.Agents.ITextMask> Mask(string masking)
    {
        await using var registry = await Builder(masking).BuildAsync();
        return registry.Mask;
    }
}
