using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Tests.Names;

public sealed class JsonPointerTests
{
    // The document and the table of RFC 6901, section 5.
    private const string Document = """{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}""";

    [Theory]
    [InlineData("", Document)]
    [InlineData("/foo", """["bar","baz"]""")]
    [InlineData("/foo/0", "\"bar\"")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    public void Pointers_of_the_RFC_are_followed(string pointer, string json)
    {
        using var document = JsonDocument.Parse(Document);
        Assert.True(JsonPointer.TryResolve(document.RootElement, pointer, out var value));
        Assert.Equal(json, value.GetRawText());
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("/foo/2")]
    [InlineData("/foo/00")]
    [InlineData("/foo/-")]
    [InlineData("/foo/-1")]
    [InlineData("/foo/+1")]
    [InlineData("/foo/99999999999999")]
    [InlineData("/foo/0/x")]
    public void Nothing_is_found_where_nothing_is(string pointer)
    {
        using var document = JsonDocument.Parse(Document);
        Assert.False(JsonPointer.TryResolve(document.RootElement, pointer, out _));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("/a~")]
    [InlineData("/a~2")]
    public void Texts_that_are_no_pointers_are_refused(string pointer) => Assert.False(JsonPointer.IsValid(pointer));
}
