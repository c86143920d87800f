namespace Agent.Core.Tests.Schemas;

public class JsonSchemaKeywordTests
{
    [Theory]
    // type
    [InlineData("""{"type":"string"}""", "\"x\"")]
    [InlineData("""{"type":"integer"}""", "5")]
    [InlineData("""{"type":"integer"}""", "1.0")]
    [InlineData("""{"type":"integer"}""", "1e3")]
    [InlineData("""{"type":"integer"}""", "-120e-1")]
    [InlineData("""{"type":"integer"}""", "123456789012345678901234567890")]
    [InlineData("""{"type":"number"}""", "1.5")]
    [InlineData("""{"type":"number"}""", "7")]
    [InlineData("""{"type":"boolean"}""", "false")]
    [InlineData("""{"type":"null"}""", "null")]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("""{"type":"array"}""", "[]")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":"string","nullable":true}""", "null")]
    [InlineData("""{"type":"string","nullable":false}""", "\"\"")]
    // enum, const
    [InlineData("""{"enum":["a",1,null,{"b":[2]}]}""", """{"b":[2.0]}""")]
    [InlineData("""{"enum":["a",1,null]}""", "1.0")]
    [InlineData("""{"enum":[10]}""", "1e1")]
    [InlineData("""{"const":{"a":1,"b":2}}""", """{"b":2,"a":1}""")]
    [InlineData("""{"const":null}""", "null")]
    [InlineData("""{"const":[1,{"a":"\u0041"},true]}""", """[1.0,{"a":"A"},true]""")]
    [InlineData("""{"enum":[1e400,0]}""", "10e399")]
    // strings; lengths count characters, not units
    [InlineData("""{"minLength":2,"maxLength":2}""", "\"😀é\"")]
    [InlineData("""{"minLength":2}""", "7")]
    [InlineData("""{"maxLength":2.0}""", "\"ab\"")]
    [InlineData("""{"pattern":"b+"}""", "\"abbc\"")]
    [InlineData("""{"pattern":"^[A-Z]{3}$"}""", "\"CAN\"")]
    [InlineData("""{"pattern":"^x$"}""", "12")]
    // numbers
    [InlineData("""{"minimum":1}""", "1")]
    [InlineData("""{"minimum":1}""", "\"0\"")]
    [InlineData("""{"maximum":1e2}""", "100.00")]
    [InlineData("""{"exclusiveMinimum":0}""", "1e-400")]
    [InlineData("""{"exclusiveMaximum":0}""", "-1e-400")]
    [InlineData("""{"minimum":9007199254740993}""", "9007199254740993")]
    [InlineData("""{"maximum":1e308}""", "-1e400")]
    [InlineData("""{"multipleOf":0.1}""", "0.3")]
    [InlineData("""{"multipleOf":0.01}""", "19.99")]
    [InlineData("""{"multipleOf":3}""", "123456789012345678901234567890")]
    [InlineData("""{"multipleOf":7}""", "7e300")]
    [InlineData("""{"multipleOf":1e-3}""", "0")]
    [InlineData("""{"multipleOf":10}""", "0.0")]
    [InlineData("""{"multipleOf":2.5}""", "-7.5")]
    // objects
    [InlineData("""{"required":["a"]}""", """{"a":null}""")]
    [InlineData("""{"required":["a"]}""", "[]")]
    [InlineData("""{"required":[]}""", "{}")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":1}""")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""")]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"a":1,"b":2}""")]
    [InlineData("""{"additionalProperties":true}""", """{"a":1}""")]
    [InlineData("""{"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}""", """{"x-a":"1"}""")]
    [InlineData("""{"propertyNames":{"maxLength":3}}""", """{"abc":1}""")]
    [InlineData("""{"minProperties":1,"maxProperties":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1,"b":2}""")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"c":1}""")]
    // arrays
    [InlineData("""{"items":{"type":"integer"}}""", "[1,2,3]")]
    [InlineData("""{"items":{"type":"integer"}}""", "{}")]
    [InlineData("""{"prefixItems":[{"type":"string"},{"type":"integer"}]}""", """["a",1,null]""")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":false}""", """["a"]""")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}""", """["a",1,2]""")]
    [InlineData("""{"contains":{"const":1}}""", "[3,2,1]")]
    [InlineData("""{"contains":{"const":1},"minContains":0}""", "[]")]
    [InlineData("""{"contains":{"const":1},"maxContains":1}""", "[1,2]")]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[1,2]")]
    [InlineData("""{"uniqueItems":true}""", """[1,"1",true,[1],{"a":1},null]""")]
    [InlineData("""{"uniqueItems":false}""", "[1,1]")]
    // combinations
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}]}""", "2")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":3}]}""", "4")]
    [InlineData("""{"oneOf":[{"multipleOf":3},{"multipleOf":5}]}""", "9")]
    [InlineData("""{"not":{"type":"string"}}""", "1")]
    [InlineData("""{"if":{"properties":{"k":{"const":"a"}},"required":["k"]},"then":{"required":["x"]},"else":{"required":["y"]}}""", """{"k":"a","x":1}""")]
    [InlineData("""{"if":{"properties":{"k":{"const":"a"}},"required":["k"]},"then":{"required":["x"]},"else":{"required":["y"]}}""", """{"k":"b","y":1}""")]
    [InlineData("""{"if":{"type":"string"}}""", "1")]
    // references
    [InlineData("""{"$defs":{"p":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/p"}}}""", """{"a":1}""")]
    [InlineData("""{"definitions":{"a/b~c":{"type":"integer"}},"$ref":"#/definitions/a~1b~0c"}""", "1")]
    [InlineData("""{"definitions":{"a b":{"type":"integer"}},"$ref":"#/definitions/a%20b"}""", "1")]
    [InlineData("""{"properties":{"child":{"$ref":"#"},"v":{"type":"integer"}},"additionalProperties":false}""", """{"child":{"child":{"v":1}}}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"array","items":{"$ref":"#/anyOf/0"}}]}""", """["a"]""")]
    // booleans and annotations
    [InlineData("true", "[1,{}]")]
    [InlineData("{}", "null")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/s","title":"t","description":"d","default":1,"examples":[1],"example":1,"$comment":"c","deprecated":true,"readOnly":true,"writeOnly":false,"contentEncoding":"base64","contentMediaType":"text/plain"}""", "\"x\"")]
    public void A_value_that_fits_is_accepted(string schema, string instance) =>
        Assert.Empty(schema.Schema().Check(instance));

    [Theory]
    [InlineData("""{"type":"string"}""", "5", "the value must be a string but was the number 5")]
    [InlineData("""{"type":"integer"}""", "1.5", "the value must be an integer but was the number 1.5")]
    [InlineData("""{"type":"integer"}""", "1e-1", "the value must be an integer but was the number 1e-1")]
    [InlineData("""{"type":"integer"}""", "\"two\"", "the value must be an integer but was the string \"two\"")]
    [InlineData("""{"type":"number"}""", "\"1\"", "the value must be a number but was the string \"1\"")]
    [InlineData("""{"type":"boolean"}""", "0", "the value must be true or false but was the number 0")]
    [InlineData("""{"type":"null"}""", "false", "the value must be null but was false")]
    [InlineData("""{"type":"object"}""", "[1]", "the value must be an object but was an array of 1 item")]
    [InlineData("""{"type":"array"}""", "{}", "the value must be an array but was an object")]
    [InlineData("""{"type":["string","integer","null"]}""", "[1,2]", "the value must be a string, an integer or null but was an array of 2 items")]
    [InlineData("""{"type":"string"}""", "null", "the value must be a string but was null")]
    [InlineData("""{"type":"string","nullable":true}""", "1", "the value must be a string or null but was the number 1")]
    [InlineData("""{"type":"string","nullable":true,"enum":["a"]}""", "null", "the value must be one of \"a\" but was null")]
    [InlineData("""{"enum":["celsius","fahrenheit"]}""", "\"kelvin\"", "the value must be one of \"celsius\", \"fahrenheit\" but was \"kelvin\"")]
    [InlineData("""{"enum":["celsius","fahrenheit"]}""", "\"Celsius\"", "the value must be one of \"celsius\", \"fahrenheit\" but was \"Celsius\"; did you mean \"celsius\"?")]
    [InlineData("""{"enum":["摄氏"]}""", "\"华氏\"", "the value must be one of \"摄氏\" but was \"华氏\"")]
    [InlineData("""{"enum":[1]}""", "\"1\"", "the value must be one of 1 but was \"1\"")]
    [InlineData("""{"const":9007199254740993}""", "9007199254740992", "the value must be 9007199254740993 but was 9007199254740992")]
    [InlineData("""{"const":{"a":1}}""", """{"b":1}""", "the value must be {\"a\":1} but was {\"b\":1}")]
    [InlineData("""{"const":{"a":1}}""", """{"a":1,"b":1}""", "the value must be {\"a\":1} but was {\"a\":1,\"b\":1}")]
    [InlineData("""{"const":[1,2]}""", "[2,1]", "the value must be [1,2] but was [2,1]")]
    [InlineData("""{"const":1e400}""", "1e401", "the value must be 1e400 but was 1e401")]
    [InlineData("""{"const":false}""", "0", "the value must be false but was 0")]
    [InlineData("""{"minLength":2}""", "\"😀\"", "the value must have at least 2 characters but has 1")]
    [InlineData("""{"minLength":1}""", "\"\"", "the value must have at least 1 character but has 0")]
    [InlineData("""{"maxLength":1}""", "\"ab\"", "the value must have at most 1 character but has 2")]
    [InlineData("""{"pattern":"^[A-Z]{3}$"}""", "\"can\"", "the value must match the pattern ^[A-Z]{3}$ but was \"can\"")]
    [InlineData("""{"format":"date"}""", "\"tomorrow\"", "the value must be a date such as 2025-01-31 but was \"tomorrow\"")]
    [InlineData("""{"minimum":1}""", "0", "the value must be at least 1 but was 0")]
    [InlineData("""{"maximum":100}""", "100.5", "the value must be at most 100 but was 100.5")]
    [InlineData("""{"exclusiveMinimum":0}""", "0.0", "the value must be greater than 0 but was 0.0")]
    [InlineData("""{"exclusiveMaximum":0}""", "-0", "the value must be less than 0 but was -0")]
    [InlineData("""{"minimum":9007199254740993}""", "9007199254740992", "the value must be at least 9007199254740993 but was 9007199254740992")]
    [InlineData("""{"maximum":-5}""", "-4.9999999999999999999", "the value must be at most -5 but was -4.9999999999999999999")]
    [InlineData("""{"maximum":1}""", "1e999999999999999999999", "the value must be at most 1 but was 1e999999999999999999999")]
    [InlineData("""{"multipleOf":0.1}""", "0.35", "the value must be a multiple of 0.1 but was 0.35")]
    [InlineData("""{"multipleOf":3}""", "123456789012345678901234567891", "the value must be a multiple of 3 but was 123456789012345678901234567891")]
    [InlineData("""{"multipleOf":7}""", "1e300", "the value must be a multiple of 7 but was 1e300")]
    [InlineData("""{"multipleOf":10}""", "25", "the value must be a multiple of 10 but was 25")]
    [InlineData("""{"multipleOf":1}""", "1e99999999", "the value must be a multiple of 1 but was 1e99999999")]
    [InlineData("""{"required":["city"]}""", "{}", "\"city\" is required and missing")]
    [InlineData("""{"properties":{"a":{"required":["b"]}}}""", """{"a":{}}""", "\"/a/b\" is required and missing")]
    [InlineData("""{"properties":{"a/b":{"type":"string"}}}""", """{"a/b":1}""", "\"/a~1b\" must be a string but was the number 1")]
    [InlineData("""{"properties":{"items":{"items":{"properties":{"qty":{"type":"integer"}}}}}}""", """{"items":[{"qty":"two"}]}""", "\"/items/0/qty\" must be an integer but was the string \"two\"")]
    [InlineData("""{"properties":{"city":{},"unit":{}},"additionalProperties":false}""", """{"citty":"x"}""", "\"citty\" is not a known property; did you mean \"city\"?")]
    [InlineData("""{"properties":{"user_id":{}},"additionalProperties":false}""", """{"userId":"x"}""", "\"userId\" is not a known property; did you mean \"user_id\"?")]
    [InlineData("""{"properties":{"city":{},"unit":{}},"additionalProperties":false}""", """{"weather":1}""", "\"weather\" is not a known property; known are \"city\", \"unit\"")]
    [InlineData("""{"additionalProperties":false}""", """{"a":1}""", "\"a\" is not a known property; there are none")]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"a":"1"}""", "\"a\" must be an integer but was the string \"1\"")]
    [InlineData("""{"patternProperties":{"^x":{"type":"string"}}}""", """{"x1":1}""", "\"x1\" must be a string but was the number 1")]
    [InlineData("""{"patternProperties":{"^x":{}},"additionalProperties":false}""", """{"y":1}""", "\"y\" is not a known property")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "\"a\" is not allowed")]
    [InlineData("""{"propertyNames":{"pattern":"^[a-z]+$"}}""", """{"Ab":1}""", "the property name \"Ab\" must match the pattern ^[a-z]+$ but was \"Ab\"")]
    [InlineData("""{"minProperties":1}""", "{}", "the value must have at least 1 property but has 0")]
    [InlineData("""{"maxProperties":1}""", """{"a":1,"b":2}""", "the value must have at most 1 property but has 2")]
    [InlineData("""{"dependentRequired":{"from":["to"]}}""", """{"from":1}""", "\"to\" is required when \"from\" is given, and missing")]
    [InlineData("""{"items":{"type":"integer"}}""", """[1,"2"]""", "\"1\" must be an integer but was the string \"2\"")]
    [InlineData("""{"prefixItems":[{"type":"string"},{"type":"integer"}]}""", """["a","b"]""", "\"1\" must be an integer but was the string \"b\"")]
    [InlineData("""{"prefixItems":[{}],"items":false}""", "[1,2]", "the value must have at most 1 item but has 2")]
    [InlineData("""{"items":false}""", "[1]", "the value must have at most 0 items but has 1")]
    [InlineData("""{"contains":{"const":1}}""", "[2,3]", "the value must hold at least 1 of the items that match {\"const\":1} but holds 0")]
    [InlineData("""{"contains":{"const":1},"minContains":2}""", "[1]", "the value must hold at least 2 of the items that match {\"const\":1} but holds 1")]
    [InlineData("""{"contains":{"const":1},"maxContains":1}""", "[1,1]", "the value must hold at most 1 of the items that match {\"const\":1} but holds 2")]
    [InlineData("""{"contains":{"const":1},"maxContains":3}""", "[2]", "the value must hold at least 1 of the items that match {\"const\":1} but holds 0")]
    [InlineData("""{"minItems":2}""", "[1]", "the value must have at least 2 items but has 1")]
    [InlineData("""{"maxItems":0}""", "[1]", "the value must have at most 0 items but has 1")]
    [InlineData("""{"uniqueItems":true}""", "[1,2,1.0]", "the value must not repeat items, but items 0 and 2 are equal (1.0)")]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1,"b":2},{"b":2,"a":1}]""", "the value must not repeat items, but items 0 and 1 are equal ({\"b\":2,\"a\":1})")]
    [InlineData("""{"not":{"const":"a"}}""", "\"a\"", "the value must not match {\"const\":\"a\"} but was \"a\"")]
    [InlineData("""{"oneOf":[{"multipleOf":3},{"multipleOf":5}]}""", "15", "the value must match exactly one of 2 alternatives but matches both {\"multipleOf\":3} and {\"multipleOf\":5}")]
    [InlineData("""{"oneOf":[{"multipleOf":3},{"multipleOf":5}]}""", "4", "the value must match one of 2 alternatives: (1) the value must be a multiple of 3 but was 4; (2) the value must be a multiple of 5 but was 4")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "5", "the value must be a string or null but was the number 5")]
    [InlineData("""{"oneOf":[{"const":"a","title":"A"},{"const":"b"}]}""", "\"c\"", "the value must be one of \"a\", \"b\" but was \"c\"")]
    [InlineData("""{"anyOf":[{"type":"string","minLength":3},{"type":"integer"}]}""", "\"ab\"", "the value must have at least 3 characters but has 2")]
    [InlineData("""{"oneOf":[{"properties":{"kind":{"const":"circle"},"r":{"type":"number"}},"required":["kind","r"]},{"properties":{"kind":{"const":"square"},"a":{"type":"number"}},"required":["kind","a"]}]}""", """{"kind":"square"}""", "\"a\" is required and missing")]
    [InlineData("""{"if":{"properties":{"k":{"const":"a"}}},"then":{"required":["x"]}}""", """{"k":"a"}""", "\"x\" is required and missing")]
    [InlineData("""{"if":{"properties":{"k":{"const":"a"}}},"else":{"required":["y"]}}""", """{"k":"b"}""", "\"y\" is required and missing")]
    [InlineData("""{"$ref":"#/$defs/p","$defs":{"p":{"type":"integer"}},"maximum":3}""", "4", "the value must be at most 3 but was 4")]
    [InlineData("""{"properties":{"child":{"$ref":"#"},"v":{"type":"integer"}}}""", """{"child":{"child":{"v":"x"}}}""", "\"/child/child/v\" must be an integer but was the string \"x\"")]
    [InlineData("false", "1", "the value is not allowed")]
    public void A_value_that_does_not_fit_says_how(string schema, string instance, string expected) =>
        Assert.Equal([expected], schema.Schema().Check(instance));

    [Fact]
    public void All_violations_are_reported_with_their_places()
    {
        var schema = """
            {"type":"object","required":["city","days"],"additionalProperties":false,"properties":{
              "city":{"type":"string"},"days":{"type":"integer","minimum":1},"unit":{"enum":["celsius","fahrenheit"]}}}
            """.Schema();

        var violations = schema.Validate("""{"unit":"kelvin","days":0,"citi":"x"}""".Json());

        Assert.Equal(["/city", "/unit", "/days", "/citi"], violations.Select(violation => violation.Path));
        Assert.Equal("\"citi\" is not a known property; did you mean \"city\"?", violations[3].ToString());
    }

    [Fact]
    public void Text_of_a_value_is_shortened_and_stays_on_one_line()
    {
        var message = Assert.Single("""{"type":"integer"}""".Schema().Check($"\"line\\nfeed {new string('x', 5000)}\""));

        Assert.InRange(message.Length, 1, 200);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void A_place_that_was_left_is_forgotten()
    {
        var schema = """{"properties":{"a":{"anyOf":[{"items":{"type":"string"}},{"type":"null"}]},"b":{"type":"string"}}}""".Schema();

        var violations = schema.Validate("""{"a":[1],"b":2}""".Json());

        Assert.Equal(["/a/0", "/b"], violations.Select(violation => violation.Path));
    }
}
