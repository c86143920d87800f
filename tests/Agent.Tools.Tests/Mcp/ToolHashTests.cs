using System.Text.Json;
using Agent.Tools.Mcp.Listing;

namespace Agent.Tools.Tests.Mcp;

public sealed class ToolHashTests
{
    private const string Echo = """{"name":"echo","description":"Gives back: 你好","inputSchema":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}}}""";

    [Fact]
    public void The_pin_of_a_list_never_changes_by_itself()
    {
        // Every pin in every tools file depends on this value.
        Assert.Equal("""{"description":"Gives back: \u4F60\u597D","inputSchema":{"properties":{"a":{},"b":{"minimum":1.0}},"type":"object"},"name":"echo"}"""u8, Read(Echo).Canonical);
        Assert.Equal("e6cd90a5dad2e395818954635912b57edc79e27b5ed04bff19eba288ad1073ee", ToolHash.Of([Read(Echo), Read("""{"name":"a"}""")]));
    }

    [Theory]
    [InlineData("""{"inputSchema":{"properties":{"a":{},"b":{"minimum":1.0}},"type":"object"},"description":"Gives back: \u4f60\u597d","name":"echo"}""")]
    [InlineData("""{"name":"echo","title":null,"_meta":{"a":1},"icons":[],"description":"Gives back: 你好","inputSchema":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}}}""")]
    public void Order_of_keys_escapes_and_what_no_model_sees_do_not_matter(string same) => Assert.Equal(Read(Echo).Hash, Read(same).Hash);

    [Theory]
    [InlineData("""{"name":"echo","description":"Gives back: 你好!","inputSchema":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}}}""")]
    [InlineData("""{"name":"echo","title":"Echo","description":"Gives back: 你好","inputSchema":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}}}""")]
    [InlineData("""{"name":"echo","description":"Gives back: 你好","inputSchema":{"type":"object","properties":{"b":{"minimum":2.0},"a":{}}}}""")]
    [InlineData("""{"name":"echo","description":"Gives back: 你好","inputSchema":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}},"outputSchema":{}}""")]
    [InlineData("""{"name":"echo","description":"Gives back: 你好","inputSchema":{"type":"object","properties":{"b":{"minimum":1.0},"a":{}}},"annotations":{"readOnlyHint":true}}""")]
    public void Everything_that_is_reviewed_matters(string changed) => Assert.NotEqual(Read(Echo).Hash, Read(changed).Hash);

    private static ListedTool Read(string json) => ListedTool.Read(JsonDocument.Parse(json).RootElement)!;
}
