using Agent.Core.Retrieval.Chunks;

namespace Agent.Core.Tests.Retrieval.Chunks;

public sealed class TextBordersTests
{
    [Theory]
    [InlineData("It rains. We stay. ", "It rains. |We stay. ")]
    [InlineData("Dr. Smith paid 3.5 euro. J. Doe did not.", "Dr. Smith paid 3.5 euro. |J. Doe did not.")]
    [InlineData("Use it, e.g. here. See fig. 3 and sec. 2 now.", "Use it, e.g. here. |See fig. 3 and sec. 2 now.")]
    [InlineData("He said \"Stop!\" Then he left.", "He said \"Stop!\" |Then he left.")]
    [InlineData("Why? Because! (Really.) Yes", "Why? |Because! |(Really.) |Yes")]
    [InlineData("See www.example.com or v1.2.3 first. \"Quoted\" text.", "See www.example.com or v1.2.3 first. |\"Quoted\" text.")]
    [InlineData("今天下雨。我们不去！好吗？好；走吧…再见", "今天下雨。|我们不去！|好吗？|好；|走吧…|再见")]
    [InlineData("他说：“走吧。”她说：「好！」然后……结束。", "他说：“走吧。”|她说：「好！」|然后……|结束。")]
    [InlineData("价格是3.5元。单价 2.0 元！？真的", "价格是3.5元。|单价 2.0 元！？|真的")]
    [InlineData("1. Open it. 2. Close it.", "1. Open it. |2. Close it.")]
    public void Sentences_end_where_a_reader_would_stop(string text, string expected)
    {
        List<string> sentences = [];
        var start = 0;
        while (start < text.Length)
        {
            var end = start + TextBorders.FirstSentence(text.AsSpan(start), int.MaxValue);
            sentences.Add(text[start..end]);
            start = end;
        }

        Assert.Equal(expected, string.Join('|', sentences));
    }

    [Theory]
    [InlineData("one two three", 9, 8)]
    [InlineData("水泵，堵塞", 2, 1)]
    [InlineData("他说“好”", 3, 2)]
    [InlineData("unbroken", 5, 0)]
    public void Words_are_cut_between(string text, int index, int expected) =>
        Assert.Equal(expected, TextBorders.Last(text, index, TextBorderKind.Word));
}
