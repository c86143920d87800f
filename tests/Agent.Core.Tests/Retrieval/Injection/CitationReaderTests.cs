using System.Diagnostics;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Tests.Testing;

namespace Agent.Core.Tests.Retrieval.Injection;

public sealed class CitationReaderTests
{
    private static readonly Dictionary<int, Passage> Passages = Enumerable.Range(1, 5).ToDictionary(i => i, i => ScriptedSearch.Passage($"p{i}"));

    [Theory]
    [InlineData("It opens at nine [2].", "2@[2]")]
    [InlineData("九点开门[1][2]。", "1@[1] 2@[2]")]
    [InlineData("Nine [1, 2]; ten [1,3].", "1@[1, 2] 2@[1, 2] 1@[1,3] 3@[1,3]")]
    [InlineData("Nine [1-3] or [4–5].", "1@[1-3] 2@[1-3] 3@[1-3] 4@[4–5] 5@[4–5]")]
    [InlineData("Nine [1, 3-4].", "1@[1, 3-4] 3@[1, 3-4] 4@[1, 3-4]")]
    [InlineData("九点［１］【2】【３，４】［1－2］", "1@［１］ 2@【2】 3@【３，４】 4@【３，４】 1@［1－2］ 2@［1－2］")]
    [InlineData("Nine [1、2] and [1;2]", "1@[1、2] 2@[1、2] 1@[1;2] 2@[1;2]")]
    [InlineData("Twice [1] and [1], once [2,2].", "1@[1] 1@[1] 2@[2,2]")]
    [InlineData("Text[1](see below)", "")]
    [InlineData("![1](a.png) and [1](http://a.example) but [2]", "2@[2]")]
    [InlineData("Nine [1].\n\n[1]: http://a.example\n  [2]: b", "1@[1]")]
    [InlineData("Nine [1]: that is so.", "1@[1]")]
    [InlineData("`args[1]` and ``a ` [2]`` and [3]", "3@[3]")]
    [InlineData("an open ` tick [3]", "3@[3]")]
    [InlineData("one ` tick\n\nand ` another [3]", "3@[3]")]
    [InlineData("```\nx = [1]\n```\nafter [2]", "2@[2]")]
    [InlineData("~~~py\nx = [1]\n```\n[2]\n~~~\nafter [3]", "3@[3]")]
    [InlineData("```\nnever closed [1]", "")]
    [InlineData("  - in a list [1]\n    deeper [2]", "1@[1] 2@[2]")]
    [InlineData("\\[1] escaped, \\\\[2] not", "2@[2]")]
    [InlineData("[ 1 ] [1 [] [a] [1a] [-1] [1-] [1,] [,1] [3-1] [12345] [2019] [001] [1-999]", "")]
    [InlineData("[[1]]", "1@[1]")]
    [InlineData("", "")]
    public void Citations_are_read_where_they_stand(string answer, string expected)
    {
        var reading = CitationReader.Read(answer, Passages);

        Assert.Equal(expected, string.Join(' ', reading.Citations.Select(c => $"{c.Number}@{answer[c.Start..c.End]}")));
        Assert.All(reading.Citations, c => Assert.Same(Passages[c.Number], c.Passage));
        Assert.Empty(reading.Unknown);
    }

    [Fact]
    public void Numbers_that_no_passage_has_are_reported()
    {
        var reading = CitationReader.Read("Nine [7], [0] and [5-6].", Passages);

        Assert.Equal([7, 0, 6], reading.Unknown.Select(u => u.Number));
        Assert.Equal((5, 8), (reading.Unknown[0].Start, reading.Unknown[0].End));
        Assert.Equal(5, Assert.Single(reading.Citations).Number);
    }

    [Fact]
    public void Reading_takes_linear_time()
    {
        var clock = Stopwatch.StartNew();
        foreach (var piece in (string[])["[", "[1", "[1,", "[1-", "`", "``a`", "\n```\n", "\\", "[1] ", "` [1] ``\n\n", "\n    "])
        {
            CitationReader.Read(string.Concat(Enumerable.Repeat(piece, 2_000_000 / piece.Length)), Passages);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_spans_hold_brackets()
    {
        string[] pieces = ["[", "]", "1", "2", "99", "【", "】", "［", "］", "１", ",", "、", "-", " ", "\n", "`", "```", "\\", "(", ":", "~~~", "a", "\ud83d"];
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var answer = string.Concat(Enumerable.Range(0, random.Next(0, 30)).Select(_ => pieces[random.Next(pieces.Length)]));
            var reading = CitationReader.Read(answer, Passages);
            Assert.All(reading.Citations, c => Assert.True("[［【".Contains(answer[c.Start]) && "]］】".Contains(answer[c.End - 1])));
            Assert.Equal(reading.Citations.OrderBy(c => c.Start), reading.Citations);
        }
    }
}
