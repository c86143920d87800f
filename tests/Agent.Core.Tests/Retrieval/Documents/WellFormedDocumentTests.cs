using System.Text;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Documents;

/// <summary>What a reader hands out is Unicode that every database takes.</summary>
public sealed class WellFormedDocumentTests
{
    [Theory]
    [InlineData("""[{"a": "x\u0000y"}]""", "a: x\uFFFDy")]
    [InlineData("""[{"a": "x\uD83Dy"}]""", "a: x\uFFFDy")]
    [InlineData("""[{"a": "x\ud83d"}]""", "a: x\uFFFD")]
    [InlineData("""[{"a": "x\uDE00\uD83Dy"}]""", "a: x\uFFFD\uFFFDy")]
    [InlineData("""[{"a": "x\uD83D\uDE00y"}]""", "a: x\uD83D\uDE00y")]
    [InlineData("""[{"a": "x\\uD83Dy"}]""", "a: x\\uD83Dy")]
    [InlineData("""[{"a": "x\\\uD83D\\y"}]""", "a: x\\\uFFFD\\y")]
    [InlineData("""[{"\uD83D": "\uD83D\uD83D\uDE00"}]""", "\uFFFD: \uFFFD\uD83D\uDE00")]
    [InlineData("""[{"a": "x\uD83D\n"}]""", "a: x\uFFFD")]
    public void Halves_of_characters_and_nul_in_JSON_are_replaced(string json, string text)
    {
        foreach (var name in new[] { "a.json", "a.jsonl" })
        {
            var document = new DocumentLoader().Load(Encoding.UTF8.GetBytes(name == "a.json" ? json : json[1..^1]), name);
            Assert.Equal(text, document.Text);
            Assert.Equal(text, new Chunker().Split(document)[0].Text);
        }
    }

    [Theory]
    [InlineData("\"\\")]
    [InlineData("\"\\u")]
    [InlineData("\"\\uD83D")]
    [InlineData("\"\\uD83D\\")]
    [InlineData("\"\\uXYZW\"")]
    public void JSON_that_ends_in_an_escape_is_refused(string json) =>
        Assert.Throws<DocumentException>(() => new DocumentLoader().Load(Encoding.UTF8.GetBytes(json), "a.json"));
}
