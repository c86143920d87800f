using System.Text;
using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Documents;

public sealed class HtmlReaderTests
{
    private const int Bound = 20_000;

    private static readonly DocumentLoader Loader = new();

    [Fact]
    public async Task A_page_is_read_as_it_is_seen()
    {
        var document = await Loader.LoadAsync(DocumentLoaderTests.DataFile("notice.html"));

        Assert.Equal("Harbour ferry — notice", document.Title);
        Assert.Equal("Port office", document.Metadata["author"]);
        Assert.Equal("en", document.Metadata["lang"]);
        Assert.Equal(
            [
                "Heading1 Harbour ferry",
                "Paragraph The ferry leaves at 8:15.⏎See the timetable for more.",
                "Paragraph 第二段：周末停航。",
                "Heading2 Prices",
                "Paragraph All in euro",
                "TableHeader Ticket | Price",
                "TableRow Adult | 3.50",
                "TableRow Child & pupil | 1.20",
                "ListItem 3. Buy a ticket",
                "ListItem 4. Board",
                "ListItem - Bicycles last",
                "Code ferry --next⏎  --today",
                "Paragraph Port office logo",
            ],
            DocumentLoaderTests.Describe(document));
    }

    [Theory]
    [InlineData("<table><tr><td><p>one</p><p>two</p></table>", "Paragraph one", "Paragraph two")]
    [InlineData("no tags at all", "Paragraph no tags at all")]
    [InlineData("<b>never <i>closed", "Paragraph never closed")]
    [InlineData("<ul><li></li><li><p>a</p></ul>", "ListItem - a")]
    [InlineData("a<div>b</div>c", "Paragraph a", "Paragraph b", "Paragraph c")]
    [InlineData("a<p hidden>b</p>", "Paragraph a")]
    [InlineData("<h1>a<span hidden>b</span></h1>", "Heading1 a")]
    [InlineData("<pre>a<span hidden>b</span></pre>", "Code a")]
    [InlineData("<ul><li>a<li hidden>b</ul>", "ListItem - a")]
    [InlineData("<ol><li hidden>a<li>b</ol>", "ListItem 1. b")]
    [InlineData("<ul><p hidden>a</p><svg><text>b</text></svg><li>c</ul>", "ListItem - c")]
    [InlineData("<table><tr><td>a<td>b<tr hidden><td>c<td>d</table>", "TableRow a | b")]
    [InlineData("<table><tr><td>a<td hidden>b<td>c</table>", "TableRow a | c")]
    [InlineData("<table><tr><td>a<td hidden>b<tr><td>c</table>", "Paragraph a", "Paragraph c")]
    [InlineData("<table><caption hidden>a</caption><thead hidden><tr><th>b<th>c</thead><tr><td>d<td>e</table>", "TableRow d | e")]
    public void Constructs(string html, params string[] expected) =>
        Assert.Equal(expected, DocumentLoaderTests.Describe(Loader.Load(Encoding.UTF8.GetBytes(html), "a.html")));

    [Theory(Timeout = Bound)]
    [InlineData("<div>", "")]
    [InlineData("<b>", "<p>")]
    [InlineData("<svg><td>", "")]
    [InlineData("<table><tr><td>", "")]
    [InlineData("<ul><li>", "")]
    [InlineData("<option><p>", "")]
    [InlineData("<b a=1>x<p>", "")]
    [InlineData("</p>", "")]
    [InlineData("<!--", "")]
    [InlineData("<", "")]
    [InlineData("&", "")]
    public async Task Repetition_is_bounded(string part, string other)
    {
        var html = $"<p>start{string.Concat(Enumerable.Repeat(part + other, 40_000))}end";

        try
        {
            var document = await Task.Run(() => Loader.Load(Encoding.UTF8.GetBytes(html), "a.html"));
            Assert.StartsWith("start", document.Text, StringComparison.Ordinal);
        }
        catch (DocumentException exception)
        {
            Assert.Contains("deep", exception.Problem, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Bound)]
    public async Task Attributes_without_number_are_bounded()
    {
        var html = $"<p {string.Join(' ', Enumerable.Range(0, 300_000).Select(i => $"a{i}=1"))}>text</p>";

        var document = await Task.Run(() => Loader.Load(Encoding.UTF8.GetBytes(html), "a.html"));

        Assert.Equal("text", document.Text);
    }
}
