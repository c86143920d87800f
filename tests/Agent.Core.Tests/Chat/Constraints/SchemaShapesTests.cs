using System.Text;
using System.Text.Json;
using Agent.Core.Chat.Constraints;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Schemas;
using Agent.Core.Tests.Inference;

namespace Agent.Core.Tests.Chat.Constraints;

/// <summary>Which texts an automaton made from a schema accepts, byte by byte.</summary>
public sealed class SchemaShapesTests
{
    private const string City = """{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["celsius","fahrenheit"]},"days":{"type":"integer"}},"required":["city"],"additionalProperties":false}""";

    private static readonly TokenVocabulary Vocabulary = TokenVocabulary.Of(QwenVocabulary.Tokenizer);

    [Theory]
    [InlineData(City, """{"city": "Paris"}""")]
    [InlineData(City, """{"days": 3, "unit": "celsius", "city": "广州"}""")]
    [InlineData(City, """{"city":"a","unit":"fahrenheit"}""")]
    [InlineData(City, "{\n  \"city\": \"a\",\n  \"days\": -1\n}")]
    [InlineData(City, """{"city": "a \"b\" \\ \/ \u00e9 \ud83d\ude00 \n 😀"}""")]
    [InlineData(City, """{"city": "", "days": 2.0}""")]
    [InlineData("""{"type":"array","items":{"type":"array","items":{"type":"number"}},"minItems":1,"maxItems":2}""", "[[1, -2.5e3, 0.1], []]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""", """["a", 1]""")]
    [InlineData("""{"enum":[1,12,"x",null,{"a":[1]}]}""", "12")]
    [InlineData("""{"enum":[1,12,"x",null,{"a":[1]}]}""", "1")]
    [InlineData("""{"enum":[1,12,"x",null,{"a":[1]}]}""", """{"a": [1]}""")]
    [InlineData("""{"type":["string","null"],"maxLength":2}""", "null")]
    [InlineData("""{"type":["string","null"],"maxLength":2}""", "\"😀\\n\"")]
    [InlineData("""{"anyOf":[{"type":"object","properties":{"ab":{"const":1}},"required":["ab"],"additionalProperties":false},{"type":"object","properties":{"ac":{"const":2}},"required":["ac"],"additionalProperties":false}]}""", """{"ac": 2}""")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"additionalProperties":false}}}""", """{"n": {"n": {}}}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"number"}}},{"properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["b"]}]}""", """{"b": null, "a": 1}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":true}""", """{"c": [], "a": 1}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"boolean"}}""", """{"x.": true, "": false, "a\"b\u0001": true}""")]
    [InlineData("true", """[{"a": {}}, [], "", 0, -0, 1E+5, true, null]""")]
    [InlineData("true", "1e-308")]
    public void What_a_schema_describes_is_accepted(string schema, string text) => Assert.Equal("whole", Read(schema, text));

    [Theory]
    [InlineData(City, """{"city": "Paris" """)]
    [InlineData(City, "{}")]
    [InlineData(City, """{"unit": "celsius"}""")]
    [InlineData(City, """{"city": "a", "city": "b"}""")]
    [InlineData(City, """{"city": "a", "zip": 1}""")]
    [InlineData(City, """{"city": 5}""")]
    [InlineData(City, """{"city": "a", "unit": "kelvin"}""")]
    [InlineData(City, """{"city": "a", "days": 2.5}""")]
    [InlineData(City, """{"city": "a", "days": 02}""")]
    [InlineData(City, """{"city": "a",}""")]
    [InlineData(City, """{"city" : "a"}""")]
    [InlineData(City, """{"city":  "a"}""")]
    [InlineData(City, "{\"city\": \"a\nb\"}")]
    [InlineData(City, """{"city": "\x"}""")]
    [InlineData(City, """{"city": "\ud83d"}""")]
    [InlineData(City, """{"city": "\ude00"}""")]
    [InlineData(City, """{"city": "a"} """)]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":2,"maxItems":3}""", "[null]")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":2,"maxItems":3}""", "[null, null, null, null]")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"abcd\"")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"boolean"}}""", """{"x": true, "x": false}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"boolean"}}""", """{"\u0041": true}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"maxProperties":1,"additionalProperties":false}""", """{"a": 1, "b": 2}""")]
    [InlineData("""{"const":{"a":1}}""", """{"a": 2}""")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", """{"b": 1}""")]
    [InlineData("true", "tru")]
    [InlineData("true", "1e")]
    [InlineData("true", "1e-0308")]
    public void What_a_schema_does_not_describe_is_not_accepted(string schema, string text) => Assert.NotEqual("whole", Read(schema, text));

    [Theory]
    [InlineData("false")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}""")]
    [InlineData("""{"type":"array","items":false,"minItems":1}""")]
    [InlineData("""{"type":"string","enum":[1,2]}""")]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":false,"minProperties":1}""")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"number"}]}""")]
    public void A_schema_that_nothing_fits_is_known_before_anything_is_written(string schema) => Assert.False(ShapeOf(schema).IsPossible);

    [Fact]
    public void An_optional_property_that_nothing_fits_is_not_offered()
    {
        const string Schema = """{"type":"object","properties":{"a":false,"b":{"type":"null"},"c":{"type":"object","properties":{"c":{"$ref":"#/properties/c"}},"required":["c"]}},"additionalProperties":false}""";

        Assert.Equal("whole", Read(Schema, """{"b": null}"""));
        Assert.Equal("stops at 2", Read(Schema, """{"a": 1}"""));
        Assert.Equal("stops at 2", Read(Schema, """{"c": {}}"""));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\": ")]
    public void Nothing_nests_deeper_than_the_parser_of_calls_reads(string level)
    {
        var deepest = string.Concat(Enumerable.Repeat(level, FrameStepper.MostDepth));

        Assert.Equal("begins", Read("true", deepest));
        Assert.NotEqual("begins", Read("true", deepest + level));
    }

    [Theory]
    [InlineData("[1,", ' ')]
    [InlineData("[1,\n", ' ')]
    [InlineData("[\n", '\n')]
    [InlineData("{\"a\":", ' ')]
    [InlineData("{", '\t')]
    [InlineData("1", '0')]
    [InlineData("0.1", '5')]
    [InlineData("1e1", '0')]
    public void Blanks_and_digits_come_to_an_end(string start, char repeated) =>
        Assert.StartsWith("stops", Read("true", start + new string(repeated, 100)), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_utf8_are_not_accepted()
    {
        var automaton = ConstraintAutomaton.ForValue(Vocabulary, JsonShape.AnyValue);
        var inString = automaton.Next(automaton.Start, "\""u8);

        foreach (byte[] bytes in (byte[][])[[0x80], [0xC0, 0x80], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x0A], [0xE4, 0x22]])
        {
            Assert.True(automaton.Next(inString, bytes).IsDead, Convert.ToHexString(bytes));
        }

        Assert.Same(inString, automaton.Next(inString, Encoding.UTF8.GetBytes("a市😀\u007F")));
    }

    [Fact]
    public void States_and_masks_that_are_forgotten_are_made_anew()
    {
        var schema = """{"type":"object","additionalProperties":{"type":"array","items":{"type":"string","maxLength":200}}}""";
        var automaton = ConstraintAutomaton.ForValue(Vocabulary, ShapeOf(schema), maskBudget: 20_000);
        var walk = new ConstraintWalk(automaton, QwenVocabulary.Tokenizer);
        for (var i = 0; i < 400; i++)
        {
            Assert.Null(walk.Refused($$"""{"key number {{i}}": ["{{new string('x', i % 200)}}", "b"], "z{{i}}": []}"""));
            Assert.InRange(automaton.MaskBytes, 0, 20_000);
            Assert.InRange(automaton.StateCount, 1, 21_000);
        }
    }

    [Theory]
    [InlineData("\"maxLength\":70", "", 0)]
    [InlineData("\"maxLength\":100", ",\"minLength\":5", 0)]
    [InlineData("\"maxLength\":70", "", 1)]
    public void The_budget_of_masks_holds_for_all_that_they_take_up(string most, string least, int alternatives)
    {
        const long Budget = 600_000;
        var text = $$$"""{"type":"string",{{{most}}}{{{least}}} }""";
        var item = alternatives == 0 ? text : $$$"""{"anyOf":[{{{text}}},{"type":"string","maxLength":30}]}""";
        var automaton = ConstraintAutomaton.ForValue(Vocabulary, ShapeOf($$$"""{"type":"array","items":{{{item}}} }"""), maskBudget: Budget);
        var walk = new ConstraintWalk(automaton, QwenVocabulary.Tokenizer);
        var shared = Enumerable.Range(0, StringLexer.States).SelectMany(s => (ulong[][])[Vocabulary.OfValues(s).Inside, Vocabulary.OfNames(s).Inside]).ToHashSet();
        for (var i = 6; i < 60; i++)
        {
            Assert.Null(walk.Refused($$"""["{{new string('x', i)}}", "{{string.Concat(Enumerable.Range(0, i / 2).Select(n => "é "))}}", "市市市市市市市"]"""));
            var kept = automaton.KeptMasks();
            var bytes = kept.Sum(m => m.Tokens.Length * 4L) + kept.Select(m => m.Bits).OfType<ulong[]>().Distinct().Where(b => !shared.Contains(b)).Sum(b => b.Length * 8L);
            Assert.InRange(bytes, 0, Budget);
            Assert.InRange(automaton.MaskBytes, bytes, Budget);
        }
    }

    [Fact]
    public void Texts_that_can_be_read_in_several_ways_are_forgotten_too()
    {
        const string Other = """{"type":"object","properties":{"k":{"const":1}},"additionalProperties":{"type":"string"}}""";
        var automaton = ConstraintAutomaton.ForValue(Vocabulary, ShapeOf($$$"""{"anyOf":[{{{Other}}},{{{Other.Replace("1", "2", StringComparison.Ordinal)}}}]}"""));
        var walk = new ConstraintWalk(automaton, QwenVocabulary.Tokenizer);
        for (var i = 0; i < 60; i++)
        {
            Assert.Null(walk.Refused($$$"""{"another key, number {{{i}}}": "x", "k": {{{1 + (i % 2)}}} }"""));
            Assert.InRange(automaton.StateCount, 1, 21_000);
        }
    }

    [Fact]
    public void A_long_chain_of_references_is_closed_at_once()
    {
        var chain = string.Join(',', Enumerable.Range(0, 700).Select(i => $$$"""
            "d{{{i}}}":{"type":"array","items":{"$ref":"#/$defs/d{{{i + 1}}}"},"minItems":{{{(i < 40 ? 1 : 0)}}} }
            """));

        var shape = ShapeOf($$$"""{"$ref":"#/$defs/d0","$defs":{ {{{chain}}},"d700":{"type":"null"} } }""");

        Assert.Equal(41, shape.Height);
    }

    [Fact]
    public async Task Many_threads_may_walk_one_automaton()
    {
        var automaton = ConstraintAutomaton.ForValue(Vocabulary, ShapeOf(City));
        string[] texts = ["""{"city": "Paris"}""", """{"days": 3, "city": "广州"}""", """{"unit": "celsius", "city": "x"}""", """{"city": "\"", "unit": "fahrenheit", "days": 12}"""];

        var refused = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => new ConstraintWalk(automaton, QwenVocabulary.Tokenizer).Refused(texts[i % texts.Length]))));

        Assert.All(refused, Assert.Null);
    }

    private static JsonShape ShapeOf(string schema) => SchemaShapes.From(JsonSchema.Compile(JsonElement.Parse(Encoding.UTF8.GetBytes(schema))))!;

    private static string Read(string schema, string text)
    {
        var automaton = ConstraintAutomaton.ForValue(Vocabulary, ShapeOf(schema));
        var state = automaton.Start;
        var at = 0;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            state = automaton.Next(state, b);
            if (state.IsDead)
            {
                return $"stops at {at}";
            }

            at++;
        }

        return state.IsComplete ? "whole" : "begins";
    }
}
