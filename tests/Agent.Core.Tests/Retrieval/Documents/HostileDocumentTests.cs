using System.Diagnostics;
using System.Text;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Documents;

public sealed class HostileDocumentTests
{
    private const int Bound = 60_000;

    private static readonly DocumentLoader Loader = new();

    [Fact(Timeout = Bound)]
    public async Task A_stream_without_end_is_left_at_the_limit()
    {
        using var endless = new EndlessStream();

        var exception = await Assert.ThrowsAsync<DocumentException>(() => Loader.LoadAsync(endless, "line.txt"));

        Assert.Contains("67,108,864", exception.Problem, StringComparison.Ordinal);
        Assert.True(endless.Taken <= DocumentLimits.Default.MaxBytes + 100_000);
    }

    [Theory(Timeout = Bound)]
    [InlineData("a.json", "[", 1_000_000)]
    [InlineData("a.json", "{\"a\":", 1_000_000)]
    [InlineData("a.jsonl", "[", 1_000_000)]
    public async Task Deep_nesting_is_refused(string name, string level, int times)
    {
        var exception = await Assert.ThrowsAsync<DocumentException>(() => Task.Run(() => Loader.Load(Repeat(level, times), name)));

        Assert.Contains("deep", exception.Problem, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound)]
    public async Task Pictures_without_an_end_are_searched_once()
    {
        var document = await Task.Run(() => Loader.Load(Repeat("[a](data:", 500_000), "a.md"));

        Assert.Equal(4_500_000, document.Text.Length);
    }

    [Fact(Timeout = Bound)]
    public async Task Labels_and_addresses_without_an_end_are_searched_once()
    {
        foreach (var part in (string[])["[", "[a](", "[a](b(", "[[a]("])
        {
            var clock = Stopwatch.StartNew();
            var text = Repeat(part, 10_000_000 / part.Length);

            var document = await Task.Run(() => Loader.Load((byte[])[.. text, .. "](x) text"u8], "a.md"));

            Assert.EndsWith("text", document.Text, StringComparison.Ordinal);
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"'{part}': {clock.Elapsed}");
        }
    }

    [Fact(Timeout = Bound)]
    public async Task A_list_in_the_front_matter_does_not_copy_the_value_before_it()
    {
        var clock = Stopwatch.StartNew();
        var text = $"---\nkey: {new string('v', 50_000_000)}\n{string.Concat(Enumerable.Repeat("- x\n", 490))}title: Pumps\n---\nThe pump is red.";

        var document = await Task.Run(() => Loader.Load(Encoding.UTF8.GetBytes(text), "a.md"));

        Assert.Equal(("Pumps", new string('v', 1000)), (document.Title, document.Metadata["key"]));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }

    [Theory(Timeout = Bound)]
    [InlineData("a.md", "[")]
    [InlineData("a.md", "[a](")]
    [InlineData("a.md", "<!--\n")]
    [InlineData("a.md", "> > > ")]
    [InlineData("a.md", "> > > ```\n> > ")]
    [InlineData("a.md", ">\n>     x\n")]
    [InlineData("a.md", "|`")]
    [InlineData("a.md", "- \n")]
    [InlineData("a.md", "# a\n")]
    [InlineData("a.md", "a | b\n--|--\n")]
    [InlineData("a.md", "```\n")]
    [InlineData("a.csv", "\"")]
    [InlineData("a.csv", "a\"\n\"")]
    [InlineData("a.csv", "\"a\n")]
    [InlineData("a.txt", "。")]
    [InlineData("a.txt", "a. ")]
    [InlineData("a.txt", "x")]
    [InlineData("a.txt", "字")]
    [InlineData("a.txt", "😀")]
    [InlineData("a.txt", "a\n\n")]
    [InlineData("a.md", "    x\n\n\n                                                             ")]
    public async Task Repetition_costs_no_more_than_its_length(string name, string part)
    {
        await Task.Run(() =>
        {
            try
            {
                var document = Loader.Load(Repeat(part, 300_000 / part.Length), name);
                Assert.All(new Chunker().Split(document), chunk => Assert.InRange(chunk.TokenCount, 1, 320));
            }
            catch (DocumentException exception)
            {
                Assert.Contains("no text", exception.Problem, StringComparison.Ordinal);
            }
        });
    }

    [Fact(Timeout = Bound)]
    public async Task Paths_that_outgrow_the_file_are_refused()
    {
        var json = $"{{\"{new string('k', 100_000)}\":[{string.Concat(Enumerable.Repeat("null,", 100_000))}1]}}";

        await Assert.ThrowsAsync<DocumentException>(() => Task.Run(() => Loader.Load(Encoding.UTF8.GetBytes(json), "a.json")));
    }

    [Fact]
    public void Random_bytes_never_hurt_the_process()
    {
        var random = new Random(20_240);
        foreach (var name in new[] { "a.md", "a.txt", "a.csv", "a.json", "a.jsonl" }.Concat(new DocumentLoader().Extensions.Select(extension => "b" + extension)))
        {
            for (var i = 0; i < 200; i++)
            {
                var bytes = new byte[random.Next(1, 400)];
                random.NextBytes(bytes);
                if (i % 2 == 0)
                {
                    var marks = "#-|`\"<>[]{}():,.\n \tab1é"u8;
                    for (var k = 0; k < bytes.Length; k++)
                    {
                        bytes[k] = marks[bytes[k] % (marks.Length - 2)];
                    }
                }

                try
                {
                    _ = new Chunker().Split(Loader.Load(bytes, name));
                }
                catch (DocumentException exception)
                {
                    Assert.Contains(name, exception.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    private static byte[] Repeat(string text, int times) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, times)));

    private sealed class EndlessStream : Stream
    {
        public long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            Taken += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
