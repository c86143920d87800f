using System.Text.Json;
using Agent.Core.Schemas;

namespace Agent.Core.Tests.Schemas;

public class JsonSchemaCompileTests
{
    [Theory]
    // keywords that cannot be enforced
    [InlineData("""{"properties":{"a":{"unevaluatedProperties":false}}}""", "/properties/a/unevaluatedProperties", "\"unevaluatedProperties\" cannot be enforced")]
    [InlineData("""{"dependencies":{}}""", "/dependencies", "Use \"dependentRequired\"")]
    [InlineData("""{"dependentSchemas":{}}""", "/dependentSchemas", "cannot be enforced")]
    [InlineData("""{"additionalItems":false}""", "/additionalItems", "Use \"prefixItems\"")]
    [InlineData("""{"$dynamicRef":"#a"}""", "/$dynamicRef", "Use \"$ref\"")]
    [InlineData("""{"$anchor":"a"}""", "/$anchor", "JSON pointer")]
    [InlineData("""{"discriminator":{}}""", "/discriminator", "\"const\"")]
    [InlineData("""{"maxlength":3}""", "/maxlength", "Did you mean \"maxLength\"?")]
    [InlineData("""{"minimun":3}""", "/minimun", "Did you mean \"minimum\"?")]
    [InlineData("""{"x-vendor":3}""", "/x-vendor", "cannot be enforced")]
    [InlineData("""{"$defs":{"unused":{"allOf":[{"frobnicate":1}]}}}""", "/$defs/unused/allOf/0/frobnicate", "cannot be enforced")]
    [InlineData("""{"properties":{"a":{"$id":"x"}}}""", "/properties/a/$id", "below the root")]
    [InlineData("""{"format":"regex"}""", "/format", "\"regex\" cannot be enforced")]
    [InlineData("""{"format":"Date"}""", "/format", "Use one of date, date-time, email")]
    // keywords of the wrong form
    [InlineData("""{"type":"text"}""", "/type", "\"text\" is not a type")]
    [InlineData("""{"type":["string",1]}""", "/type", "1 is not a type")]
    [InlineData("""{"type":[]}""", "/type", "allows nothing")]
    [InlineData("""{"type":{}}""", "/type", "is not a type")]
    [InlineData("""{"nullable":true}""", "/nullable", "missing here")]
    [InlineData("""{"nullable":"yes","type":"string"}""", "/nullable", "true or false")]
    [InlineData("""{"enum":[]}""", "/enum", "allows nothing")]
    [InlineData("""{"enum":"a"}""", "/enum", "must be a list, but is the string \"a\"")]
    [InlineData("""{"minLength":-1}""", "/minLength", "-1 is not a count")]
    [InlineData("""{"minLength":1.5}""", "/minLength", "1.5 is not a count")]
    [InlineData("""{"minLength":"1"}""", "/minLength", "must be a number")]
    [InlineData("""{"minLength":3,"maxLength":2}""", "/minLength", "nothing fits")]
    [InlineData("""{"minItems":3,"maxItems":2}""", "/minItems", "nothing fits")]
    [InlineData("""{"pattern":1}""", "/pattern", "must be a string")]
    [InlineData("""{"minimum":"1"}""", "/minimum", "must be a number")]
    [InlineData("""{"exclusiveMinimum":true}""", "/exclusiveMinimum", "draft 4")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf", "not above 0")]
    [InlineData("""{"multipleOf":-2}""", "/multipleOf", "not above 0")]
    [InlineData("""{"maximum":1e999999}""", "/maximum", "out of all proportion")]
    [InlineData("""{"properties":[]}""", "/properties", "must be an object")]
    [InlineData("""{"properties":{"a":1}}""", "/properties/a", "a schema must be an object, true or false")]
    [InlineData("""{"properties":{"a":{"required":true}}}""", "/properties/a/required", "list \"required\" of the object around it")]
    [InlineData("""{"required":[1]}""", "/required", "list of property names")]
    [InlineData("""{"dependentRequired":{"a":"b"}}""", "/dependentRequired", "list of property names")]
    [InlineData("""{"items":[{}]}""", "/items", "prefixItems")]
    [InlineData("""{"items":"string"}""", "/items", "a schema must be")]
    [InlineData("""{"prefixItems":[]}""", "/prefixItems", "empty")]
    [InlineData("""{"allOf":[]}""", "/allOf", "empty")]
    [InlineData("""{"anyOf":{}}""", "/anyOf", "must be a list")]
    [InlineData("""{"oneOf":[1]}""", "/oneOf/0", "a schema must be")]
    [InlineData("""{"not":null}""", "/not", "a schema must be")]
    [InlineData("""{"then":{}}""", "/then", "\"if\", which is missing")]
    [InlineData("""{"else":{}}""", "/else", "\"if\", which is missing")]
    [InlineData("""{"minContains":1}""", "/minContains", "\"contains\" describes, which is missing")]
    [InlineData("""{"maxContains":1}""", "/maxContains", "\"contains\" describes, which is missing")]
    [InlineData("""{"uniqueItems":"true"}""", "/uniqueItems", "true or false")]
    [InlineData("""{"$defs":1}""", "/$defs", "must be an object")]
    // references
    [InlineData("""{"$ref":"https://example.com/s.json"}""", "/$ref", "leads out of this document")]
    [InlineData("""{"$ref":"other.json#/a"}""", "/$ref", "leads out of this document")]
    [InlineData("""{"$ref":"#/$defs/absent"}""", "/$ref", "leads nowhere")]
    [InlineData("""{"$ref":"#anchor"}""", "/$ref", "leads nowhere")]
    [InlineData("""{"$ref":1}""", "/$ref", "must be a string")]
    [InlineData("""{"$ref":"#"}""", "/$ref", "never end")]
    [InlineData("""{"properties":{"a":{"$ref":"#/properties/a"}}}""", "/properties/a/$ref", "never end")]
    [InlineData("""{"allOf":[{"anyOf":[{"$ref":"#"}]}]}""", "", "never end")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", "", "never end")]
    [InlineData("""{"if":{"$ref":"#"},"then":{}}""", "", "never end")]
    [InlineData("""{"not":{"$ref":"#"}}""", "", "never end")]
    // the document
    [InlineData("5", "", "a schema must be an object, true or false, but this is the number 5")]
    [InlineData("""{"type":"string","type":"integer"}""", "/type", "appears twice")]
    [InlineData("""{"description":"\ud800"}""", "/description", "half of a surrogate pair")]
    public void A_schema_that_cannot_be_enforced_is_an_error(string schema, string pointer, string expected)
    {
        var error = Assert.Throws<JsonSchemaException>(() => schema.Schema());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(error.Fix, error.Message, StringComparison.Ordinal);
        Assert.Null(error.ToolName);
        if (!expected.StartsWith("never", StringComparison.Ordinal) || pointer.Length > 0)
        {
            Assert.Equal(pointer, error.Pointer);
        }
    }

    [Theory]
    [InlineData("true", "must be a schema of type object, but this is true")]
    [InlineData("[]", "must be a schema of type object, but this is an array of 0 items")]
    [InlineData("{}", "the type is missing")]
    [InlineData("""{"properties":{}}""", "the type is missing")]
    [InlineData("""{"type":"string"}""", "the type is \"string\"")]
    [InlineData("""{"type":["object","null"]}""", "the type is [\"object\",\"null\"]")]
    public void Parameters_of_a_tool_must_describe_an_object(string schema, string expected)
    {
        var error = Assert.Throws<JsonSchemaException>(() => JsonSchema.CompileForTool("get_weather", schema.Json()));

        Assert.StartsWith("Tool \"get_weather\", schema of the parameters", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("get_weather", error.ToolName);
    }

    [Fact]
    public void Errors_of_a_tool_name_tool_and_keyword()
    {
        var error = Assert.Throws<JsonSchemaException>(() => JsonSchema.CompileForTool(
            "get_weather", """{"type":"object","properties":{"when":{"type":"string","format":"soon"}}}""".Json()));

        Assert.StartsWith("Tool \"get_weather\", schema of the parameters at \"/properties/when/format\": the format \"soon\" cannot be enforced. Use one of", error.Message, StringComparison.Ordinal);
        Assert.Equal("format", error.Keyword);
    }

    [Fact]
    public void Messages_about_a_tool_speak_of_arguments()
    {
        var schema = JsonSchema.CompileForTool("t", """{"type":"object","properties":{"a":{"type":"string"}}}""".Json());

        Assert.Equal(["the arguments must be an object but was an array of 0 items"], schema.Check("[]"));
        Assert.Equal(["\"a\" must be a string but was the number 1"], schema.Check("""{"a":1}"""));
        Assert.Contains("must be given", Assert.Single(schema.Validate(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_outlives_the_document_it_came_from()
    {
        JsonSchema schema;
        using (var document = JsonDocument.Parse("""{"type":"object","properties":{"a":{"enum":["x"]}}}"""))
        {
            schema = JsonSchema.CompileForTool("t", document.RootElement);
        }

        Assert.Single(schema.Check("""{"a":"y"}"""));
        Assert.Equal("object", schema.Source.GetProperty("type").GetString());
    }

    [Fact]
    public void A_missing_schema_is_an_error() =>
        Assert.Contains("there is no schema", Assert.Throws<JsonSchemaException>(() => JsonSchema.Compile(default)).Message, StringComparison.Ordinal);

    [Fact]
    public void Limits_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => "{}".Schema(new JsonSchemaLimits { MaxDepth = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => "{}".Schema(new JsonSchemaLimits { MaxSteps = -1 }));
    }
}
