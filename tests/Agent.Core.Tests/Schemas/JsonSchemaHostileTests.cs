using System.Diagnostics;
using System.Text.Json;
using Agent.Core.Schemas;

namespace Agent.Core.Tests.Schemas;

public class JsonSchemaHostileTests
{
    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(20_000, false)]
    public void Depth_of_a_schema_is_bounded(int depth, bool allowed)
    {
        var levels = depth - 1;
        var text = string.Concat(Enumerable.Repeat("""{"not":""", levels)) + "{}" + new string('}', levels);
        if (allowed)
        {
            text.Schema();
            return;
        }

        var error = Assert.Throws<JsonSchemaException>(() => text.Schema(new JsonSchemaLimits { MaxBytes = 10_000_000 }));
        Assert.Contains("nested deeper than 32 levels", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 600);
    }

    [Fact]
    public void Size_of_a_schema_is_bounded()
    {
        static string Text(int bytes) => """{"description":"DDD"}""".Replace("DDD", new string('d', bytes - 18), StringComparison.Ordinal);

        Text(65_536).Schema();
        var error = Assert.Throws<JsonSchemaException>(() => Text(65_537).Schema());

        Assert.Contains("it has 65537 bytes; at most 65536 are allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_enumeration_beyond_the_limit_is_refused_and_one_within_is_fast()
    {
        static string Enumeration(int count) => JsonSerializer.Serialize(new { @enum = Enumerable.Range(0, count) });

        Assert.Throws<JsonSchemaException>(() => Enumeration(100_000).Schema());
        var schema = Enumeration(10_000).Schema();
        var message = Assert.Single(schema.Check("-1"));

        Assert.InRange(message.Length, 1, 300);
        Assert.Contains("(10000 in all)", message, StringComparison.Ordinal);
        Assert.Empty(schema.Check("9999"));
    }

    [Fact]
    public void A_value_nested_too_deep_is_refused_without_a_crash()
    {
        var schema = """{"items":{"$ref":"#"}}""".Schema();
        var deep = new string('[', 5_000) + new string(']', 5_000);

        Assert.Empty(schema.Check(new string('[', 64) + new string(']', 64)));
        Assert.Contains("nested deeper than 64 levels", Assert.Single(schema.Check(deep)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_given_twice_is_refused() =>
        Assert.Equal(
            ["\"/a\" appears twice in its object"],
            """{"properties":{"a":{"type":"integer"}}}""".Schema().Check("""{"a":1,"a":"x"}"""));

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("[{\"a\":\"x\\ud800y\"}]")]
    public void Half_a_surrogate_pair_is_refused(string instance) =>
        Assert.Contains("surrogate", Assert.Single("{}".Schema().Check(instance)), StringComparison.Ordinal);

    [Fact]
    public void A_schema_that_multiplies_its_work_is_stopped()
    {
        // Each definition applies the next one twice: sixteen million checks of one value.
        var definitions = string.Join(',', Enumerable.Range(0, 24).Select(i =>
            $$"""
            "d{{i}}":{"allOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}
            """));
        var schema = $$"""{"$ref":"#/$defs/d0","$defs":{ {{definitions}},"d24":{"type":"integer"} } }""".Schema();
        var start = Stopwatch.GetTimestamp();

        Assert.Contains("within the allowed work", Assert.Single(schema.Check("1")), StringComparison.Ordinal);

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Work_used_up_inside_a_negation_does_not_turn_into_agreement()
    {
        var limits = new JsonSchemaLimits { MaxSteps = 50 };
        var schema = """{"not":{"items":{"type":"integer"}}}""".Schema(limits);
        var array = "[" + string.Join(',', Enumerable.Repeat("1", 48)) + ",\"x\"]";

        Assert.Contains("within the allowed work", Assert.Single(schema.Check(array)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recursion_with_alternatives_is_stopped_not_exponential()
    {
        var schema = """
            {"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["x"]},{"properties":{"a":{"$ref":"#"}},"required":["y"]},{"type":"integer"}]}
            """.Schema();
        var nested = string.Concat(Enumerable.Repeat("""{"a":""", 60)) + "1" + new string('}', 60);

        // Without the limit it would take longer than anybody waits.
        Assert.NotEmpty(await Task.Run(() => schema.Check(nested)).WaitAsync(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void A_long_chain_of_references_cannot_overflow_the_stack()
    {
        const int Links = 1000;
        var definitions = string.Join(',', Enumerable.Range(0, Links).Select(i => $$"""
            "{{i}}":{"$ref":"#/$defs/{{i + 1}}"}
            """));
        var schema = $$"""{"$ref":"#/$defs/0","$defs":{ {{definitions}},"{{Links}}":{"items":{"$ref":"#"} } } }""".Schema();
        IReadOnlyList<SchemaViolation>? violations = null;
        var thread = new Thread(() => violations = schema.Validate("[[[[1]]]]".Json()), maxStackSize: 512 * 1024);

        thread.Start();
        thread.Join();

        Assert.Contains("within the allowed work", Assert.Single(violations!).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Violations_are_capped()
    {
        var schema = """{"items":{"type":"integer"}}""".Schema();
        var texts = "[" + string.Join(',', Enumerable.Repeat("\"x\"", 1000)) + "]";

        Assert.Equal(20, schema.Check(texts).Length);
    }

    [Fact]
    public void Unique_items_take_linear_time()
    {
        var schema = """{"uniqueItems":true}""".Schema();
        var numbers = "[" + string.Join(',', Enumerable.Range(0, 100_000)) + "]";
        var start = Stopwatch.GetTimestamp();

        Assert.Empty(schema.Check(numbers));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("1e1000000000")]
    [InlineData("-1e-1000000000")]
    [InlineData("0e99999999999999999999999")]
    public void Numbers_with_monstrous_exponents_are_compared_without_writing_them_out(string number)
    {
        var schema = """{"minimum":-5,"maximum":5,"multipleOf":0.5,"not":{"const":3},"enum":[0,1]}""".Schema();
        var start = Stopwatch.GetTimestamp();

        schema.Check(number);
        schema.Check($"[{number},{number}]");

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_number_of_many_digits_is_compared_in_bounded_time()
    {
        var schema = """{"minimum":0,"multipleOf":7}""".Schema();
        var start = Stopwatch.GetTimestamp();

        Assert.Single(schema.Check(new string('7', 200_000)));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void One_schema_serves_many_threads()
    {
        var schema = """{"type":"object","properties":{"a":{"anyOf":[{"type":"string","pattern":"^x+$"},{"type":"integer","minimum":3}]}},"required":["a"]}""".Schema();

        Parallel.For(0, 2000, i =>
        {
            Assert.Empty(schema.Check("""{"a":"xxx"}"""));
            Assert.Equal(["\"a\" must be at least 3 but was 1"], schema.Check("""{"a":1}"""));
        });
    }

    [Fact]
    public void Random_schemas_compile_or_raise_the_error()
    {
        string[] keywords =
        [
            "type", "enum", "const", "minLength", "pattern", "format", "minimum", "multipleOf", "properties", "required", "additionalProperties",
            "items", "prefixItems", "contains", "anyOf", "oneOf", "allOf", "not", "if", "then", "$ref", "$defs", "nullable", "uniqueItems", "minContains",
        ];
        var random = new Random(7);
        string Value(int depth) => random.Next(depth > 4 ? 8 : 12) switch
        {
            0 => "1",
            1 => "\"string\"",
            2 => "\"#\"",
            3 => "true",
            4 => "[\"integer\",\"null\"]",
            5 => "\"^a+$\"",
            6 => "{}",
            7 => "null",
            8 => $"[{Value(depth + 1)},{Value(depth + 1)}]",
            _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{keywords[random.Next(keywords.Length)]}\":{Value(depth + 1)}")) + "}",
        };

        var compiled = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var text = Value(0);
            try
            {
                var schema = text.Schema();
                compiled++;
                foreach (var violation in schema.Validate(Value(0).Json()))
                {
                    Assert.NotEmpty(violation.Message);
                }
            }
            catch (JsonSchemaException e)
            {
                Assert.NotEmpty(e.Fix);
            }
        }

        Assert.InRange(compiled, 200, 4_900);
    }
}
