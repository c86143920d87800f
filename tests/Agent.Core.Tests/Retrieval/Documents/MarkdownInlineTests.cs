using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Documents;

public sealed class MarkdownInlineTests
{
    [Theory]
    [InlineData("a [link](http://b.example) here", "a link here")]
    [InlineData("[a](b)[c](d)", "ac")]
    [InlineData("![picture](p.png) [![badge](b.svg)](t)", "picture ![badge](b.svg)")]
    [InlineData("[a [b] c](d (e) f)!", "a [b] c!")]
    [InlineData("[[[a](b)", "[[a")]
    [InlineData("[a](b] [c](d)", "[a](b] c")]
    [InlineData("[a](b\n) [c](d)", "[a](b\n) c")]
    [InlineData("[outer [inner](x) y](no end", "[outer inner y](no end")]
    [InlineData("\\[a](b) [c\\]](d)", "\\[a](b) c\\]")]
    [InlineData("`[a](b)` [c](d)", "`[a](b)` c")]
    [InlineData("]]]) [a](b)", "]]]) a")]
    public void Links_become_their_words(string text, string expected) => Assert.Equal(expected, MarkdownInline.Plain(text, CancellationToken.None));

    [Fact]
    public void Every_link_of_a_long_text_is_found_whatever_stays_open_around_it()
    {
        string[] ends = ["[", "(", ") ", "\n", "- "];
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            // Links far apart and close together, among brackets that never close and others that close far behind.
            var (text, expected) = (new System.Text.StringBuilder(), new System.Text.StringBuilder());
            for (var i = 0; i < 40; i++)
            {
                var filler = new string('x', random.Next(900)) + ends[random.Next(ends.Length)];
                text.Append(filler).Append("[words](address)");
                expected.Append(filler).Append("words");
            }

            Assert.Equal(expected.ToString(), MarkdownInline.Plain(text.ToString(), CancellationToken.None));
        }
    }

    [Fact]
    public void A_long_text_can_be_given_up()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => MarkdownInline.Plain(new string('[', 400_000) + "](x)", stop.Token));
    }
}
