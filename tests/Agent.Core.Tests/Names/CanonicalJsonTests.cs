using System.Text;
using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Tests.Names;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"b":1,"a":{"d":[2,{"z":0,"y":0}],"c":"x"}}""", """{"a":{"c":"x","d":[2,{"y":0,"z":0}]},"b":1}""")]
    [InlineData("""[2,1]""", """[2,1]""")]
    public void Canonical_form_orders_keys_and_nothing_else(string json, string expected) =>
        Assert.Equal(expected, CanonicalJson.Write(JsonElement.Parse(json)));

    [Fact]
    public void Chosen_properties_are_an_object_of_their_own()
    {
        var value = JsonElement.Parse("""{"c":{"z":0,"a":0},"b":1,"a":2}""");

        var text = CanonicalJson.WriteObject(value.EnumerateObject().Where(property => property.Name != "b"));

        Assert.Equal("""{"a":2,"c":{"a":0,"z":0}}""", Encoding.UTF8.GetString(text));
    }
}
