using System.Text.Json;
using Agent.Tools.Mcp.Listing;

namespace Agent.Tools.Tests.Mcp;

public sealed class UntrustedSchemaTests
{
    // A zero-width space: nothing that a reviewer sees.
    private const string Hidden = "\\u200b";

    [Theory]
    [InlineData("""{"description":"a~b","title":"~"}""", 2)]
    [InlineData("""{"$comment":"a~b"}""", 1)]
    [InlineData("""{"$schema":"a~b","$id":"~","contentMediaType":"~","contentEncoding":"~"}""", 4)]
    [InlineData("""{"properties":{"default":{"description":"a~b"},"enum":{"description":"a~b"},"const":{"title":"~"},"examples":{"$comment":"~"},"example":{"title":"~"}}}""", 5)]
    [InlineData("""{"properties":{"description":{"description":"~"},"properties":{"properties":{"default":{"title":"~"}}},"title":{"items":{"title":"~"}}}}""", 3)]
    [InlineData("""{"patternProperties":{"default":{"title":"~"}},"$defs":{"enum":{"title":"~"}},"definitions":{"const":{"title":"~"}}}""", 3)]
    [InlineData("""{"anyOf":[{"title":"~"},{"not":{"title":"~"}}],"prefixItems":[{"title":"~"}],"additionalProperties":{"title":"~"},"if":{"title":"~"}}""", 5)]
    [InlineData("""{"default":"a~b","example":{"description":["~"]},"examples":["~",{"x":"~"}]}""", 4)]
    public void Hidden_characters_are_taken_out_of_every_text_that_only_a_model_reads(string schema, int count)
    {
        var clean = UntrustedSchema.Clean(Parse(schema.Replace("~", Hidden, StringComparison.Ordinal)), out var removed);
        Assert.Equal(count, removed);
        Assert.Equal(Parse(schema.Replace("~", string.Empty, StringComparison.Ordinal)).GetRawText(), clean.GetRawText());
    }

    [Theory]
    [InlineData("""{"enum":["a~b",{"description":"~"}],"const":{"title":"~"}}""")]
    [InlineData("""{"pattern":"~","required":["a~b"],"properties":{"a~b":{"enum":["~"]}}}""")]
    public void What_arguments_are_compared_with_stays_as_it_is(string schema)
    {
        var given = Parse(schema.Replace("~", Hidden, StringComparison.Ordinal));
        var clean = UntrustedSchema.Clean(given, out var removed);
        Assert.Equal((0, given.GetRawText()), (removed, clean.GetRawText()));
    }

    [Theory]
    [InlineData("""{"properties":{"a~b":{}}}""", "/properties/ab")]
    [InlineData("""{"properties":{"a":{"enum":["x","y~"]}}}""", "/properties/a/enum/1")]
    [InlineData("""{"properties":{"a":{"const":{"k~":1}}}}""", "/properties/a/const/k")]
    [InlineData("""{"items":{"pattern":"^~"}}""", "/items/pattern")]
    [InlineData("""{"patternProperties":{"~":{}}}""", "/patternProperties/")]
    [InlineData("""{"required":["a~"]}""", "/required/0")]
    [InlineData("""{"default":{"a~":1}}""", "/default/a")]
    [InlineData("""{"x-unknown":["a~"]}""", "/x-unknown/0")]
    public void What_cannot_be_cleaned_is_found(string schema, string pointer)
    {
        var clean = UntrustedSchema.Clean(Parse(schema.Replace("~", Hidden, StringComparison.Ordinal)), out _);
        Assert.Equal((pointer, 0x200B), UntrustedSchema.FindHidden(clean) is { } found ? (found.Pointer, found.Character.Value) : default);

        // Emoji and scripts are joined with the first, and a line break shows.
        Assert.Null(UntrustedSchema.FindHidden(Parse(schema.Replace("~", "\\u200d\\r\\n", StringComparison.Ordinal))));
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
