using System.Text;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Documents;
using Agent.Core.Tests.Inference;
using Agent.Core.Tests.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Chunks;

public sealed class ChunkerTests
{
    private static readonly DocumentLoader Loader = new();

    [Fact]
    public async Task Sections_and_their_paths_stay_apart()
    {
        var document = await Loader.LoadAsync(DocumentLoaderTests.DataFile("handbook.md"));

        var chunks = new Chunker().Split(document);

        Assert.Equal(
            [
                "Espresso machine handbook",
                "Espresso machine handbook > Install",
                "Espresso machine handbook > Error codes",
                "Espresso machine handbook > Care",
            ],
            chunks.Select(chunk => string.Join(" > ", chunk.HeadingPath)));
        Assert.StartsWith("Install\n\nPlace", chunks[1].Text, StringComparison.Ordinal);
        Assert.Contains("machine-ctl water --test", chunks[1].Text, StringComparison.Ordinal);
        AssertSound(document, chunks, 320, TokenCounters.Estimate);
    }

    [Fact]
    public async Task Chinese_is_cut_between_sentences()
    {
        var document = await Loader.LoadAsync(DocumentLoaderTests.DataFile("handbook.zh.md"));

        var chunks = new Chunker(new ChunkOptions { MaxTokens = 48 }).Split(document);

        AssertSound(document, chunks, 48, TokenCounters.Estimate);
        Assert.Contains(chunks, chunk => chunk.HeadingPath.SequenceEqual(["员工手册", "请假", "年假"]));
        Assert.All(chunks, chunk => Assert.DoesNotContain(chunk.Text[0], "，。！？；”…"));
        Assert.All(
            chunks.Where(chunk => chunk.HeadingPath.Contains("年假")),
            chunk => Assert.Contains(chunk.Text[^1], "。！？…”"));
    }

    [Fact]
    public void A_tables_header_is_repeated_over_each_piece()
    {
        var text = "| Code | Meaning |\n|---|---|\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"| E{i} | The pump number {i} is blocked |\n"));
        var document = Load(text, "a.md");

        var chunks = new Chunker(new ChunkOptions { MaxTokens = 64 }).Split(document);

        Assert.True(chunks.Count > 5);
        Assert.All(chunks, chunk => Assert.StartsWith("Code | Meaning\n", chunk.Text, StringComparison.Ordinal));
        Assert.All(chunks, chunk => Assert.EndsWith("is blocked", chunk.Text, StringComparison.Ordinal));
        AssertSound(document, chunks, 64, TokenCounters.Estimate);
    }

    [Fact]
    public void A_row_that_is_too_long_is_cut_between_cells()
    {
        var cells = string.Join(" | ", Enumerable.Range(0, 30).Select(i => $"value {i} of the row"));
        var document = Load($"| a | b |\n|---|---|\n| short | one |\n| {cells} |\n| last | one |\n", "a.md");

        var chunks = new Chunker(new ChunkOptions { MaxTokens = 40 }).Split(document);

        AssertSound(document, chunks, 40, TokenCounters.Estimate);
        var pieces = chunks.Where(chunk => chunk.Text.Contains("value", StringComparison.Ordinal)).ToList();
        Assert.True(pieces.Count > 2);
        Assert.All(pieces, piece => Assert.StartsWith("a | b\nvalue", piece.Text, StringComparison.Ordinal));
        Assert.All(pieces, piece => Assert.DoesNotContain("short", piece.Text, StringComparison.Ordinal));
        Assert.All(pieces, piece => Assert.DoesNotContain("last", piece.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Code_that_fits_is_kept_together_and_other_code_is_cut_between_lines()
    {
        var small = string.Concat(Enumerable.Range(0, 6).Select(i => $"call_{i}();\n"));
        var large = string.Concat(Enumerable.Range(0, 60).Select(i => $"step_{i}();\n"));
        var document = Load($"{Words(30)}\n\n```\n{small}```\n\n```\n{large}```\n", "a.md");

        var chunks = new Chunker(new ChunkOptions { MaxTokens = 64 }).Split(document);

        AssertSound(document, chunks, 64, TokenCounters.Estimate);
        Assert.Contains(chunks, chunk => chunk.Text.Contains(small.Trim(), StringComparison.Ordinal));
        Assert.All(chunks.Where(chunk => chunk.Text.Contains("step_", StringComparison.Ordinal)), chunk => Assert.EndsWith(");", chunk.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_title_joins_the_first_heading_below_it()
    {
        var chunks = new Chunker().Split(Load("# Guide\n## Install\nDo it.\n## Remove\nUndo it.\n", "a.md"));

        Assert.Equal(["Guide\n\nInstall\n\nDo it.", "Remove\n\nUndo it."], chunks.Select(chunk => chunk.Text));
        Assert.Equal(["Guide", "Install"], chunks[0].HeadingPath);
        Assert.Equal("Guide > Remove\n\nRemove\n\nUndo it.", chunks[1].IndexText);
    }

    [Fact]
    public void A_heading_is_never_the_end_of_a_chunk_that_goes_on()
    {
        var text = string.Concat(Enumerable.Range(0, 30).Select(i => $"### Part {i}\n\n{Words(5 + (i * 7 % 23))}\n\n"));
        var chunks = new Chunker(new ChunkOptions { MaxTokens = 48 }).Split(Load(text, "a.md"));

        Assert.All(chunks, chunk => Assert.DoesNotMatch("Part [0-9]+$", chunk.Text));
    }

    [Fact]
    public void The_id_names_headings_and_text()
    {
        var chunker = new Chunker();
        var one = Assert.Single(chunker.Split(Load("# A\ntext", "a.md")));
        var same = Assert.Single(chunker.Split(Load("# A\n\ntext\n", "b.md")));
        var other = Assert.Single(chunker.Split(Load("## A\ntexts", "a.md")));

        Assert.Matches("^[0-9a-f]{32}$", one.Id);
        Assert.Equal(one.Id, same.Id);
        Assert.NotEqual(one.Id, other.Id);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(4097)]
    public void Limits_out_of_range_are_refused(int maxTokens) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Chunker(new ChunkOptions { MaxTokens = maxTokens }));

    [Fact]
    public void A_character_that_counts_too_much_is_a_chunk_by_itself()
    {
        var chunks = new Chunker(new ChunkOptions { MaxTokens = 32 }, text => text.Length + (text.Contains('字') ? 100 : 0)).Split(Load("ab字cd", "a.txt"));

        Assert.Equal(["ab", "字", "cd"], chunks.Select(chunk => chunk.Text));
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(48, 2)]
    [InlineData(100, 3)]
    [InlineData(320, 4)]
    public void Random_documents_are_covered_once_within_the_limit(int maxTokens, int seed)
    {
        var random = new Random(seed);
        var chunker = new Chunker(new ChunkOptions { MaxTokens = maxTokens });
        for (var i = 0; i < 60; i++)
        {
            var document = Load(RandomMarkdown(random), "random.md");
            var chunks = chunker.Split(document);
            AssertSound(document, chunks, maxTokens, TokenCounters.Estimate);
            Assert.Equal(chunks.Select(chunk => chunk.Id), chunker.Split(document).Select(chunk => chunk.Id));
        }
    }

    [Fact]
    public void A_models_own_tokens_hold_the_limit_too()
    {
        var counter = TokenCounters.Of(QwenVocabulary.Tokenizer);
        var random = new Random(5);
        for (var i = 0; i < 20; i++)
        {
            var document = Load(RandomMarkdown(random), "random.md");
            AssertSound(document, new Chunker(new ChunkOptions { MaxTokens = 64 }, counter).Split(document), 64, counter);
        }
    }

    [Theory]
    [InlineData("handbook.md")]
    [InlineData("handbook.zh.md")]
    [InlineData("stores.csv")]
    public async Task The_estimate_is_near_a_models_count(string file)
    {
        var text = (await Loader.LoadAsync(DocumentLoaderTests.DataFile(file))).Text;
        var real = TokenCounters.Of(QwenVocabulary.Tokenizer)(text);

        Assert.InRange(TokenCounters.Estimate(text), real * 0.85, real * 1.8);
    }

    private static void AssertSound(SourceDocument document, IReadOnlyList<Chunk> chunks, int maxTokens, TokenCounter counter)
    {
        var covered = 0;
        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            Assert.Equal(i, chunk.Ordinal);
            Assert.True(chunk.Start >= covered && chunk.End > chunk.Start);
            Assert.True(document.Text.AsSpan(covered, chunk.Start - covered).IsWhiteSpace());
            Assert.EndsWith(document.Text[chunk.Start..chunk.End], chunk.Text, StringComparison.Ordinal);
            Assert.Equal(counter(chunk.IndexText), chunk.TokenCount);
            Assert.InRange(chunk.TokenCount, 1, maxTokens);
            Assert.False(char.IsLowSurrogate(document.Text[chunk.Start]));
            Assert.DoesNotContain(
                document.Blocks,
                block => block is { Kind: DocumentBlockKind.Heading, Level: <= 2 }
                    && block.Offset > chunk.Start && block.Offset < chunk.End
                    && !document.Blocks.Where(other => other.Offset >= chunk.Start && other.Offset < block.Offset).All(other => other.Kind == DocumentBlockKind.Heading));
            covered = chunk.End;
        }

        Assert.True(document.Text.AsSpan(covered).IsWhiteSpace());
    }

    private static string RandomMarkdown(Random random)
    {
        var text = new StringBuilder("start\n\n");
        for (var block = random.Next(1, 25); block > 0; block--)
        {
            switch (random.Next(8))
            {
                case 0:
                    text.Append('#', random.Next(1, 7)).Append(' ').Append(Words(random.Next(1, random.Next(10) == 0 ? 120 : 8), random)).Append("\n\n");
                    break;
                case 1:
                    for (var items = random.Next(1, 12); items > 0; items--)
                    {
                        text.Append("- ").Append(Words(random.Next(1, 30), random)).Append('\n');
                    }

                    text.Append('\n');
                    break;
                case 2:
                    text.Append("```\n");
                    for (var lines = random.Next(1, 40); lines > 0; lines--)
                    {
                        text.Append(' ', random.Next(8)).Append(Words(random.Next(0, 9), random)).Append('\n');
                    }

                    text.Append("```\n\n");
                    break;
                case 3:
                    text.Append("| ").Append(Words(2, random)).Append(" | b |\n|---|---|\n");
                    for (var rows = random.Next(0, 20); rows > 0; rows--)
                    {
                        text.Append("| ").AppendJoin(" | ", Enumerable.Range(0, random.Next(1, 6)).Select(_ => Words(random.Next(1, 20), random))).Append(" |\n");
                    }

                    text.Append('\n');
                    break;
                case 4:
                    text.Append(string.Concat(Enumerable.Repeat("长句子没有停顿", random.Next(1, 60)))).Append("。\n\n");
                    break;
                case 5:
                    text.Append(new string('x', random.Next(1, 3000))).Append(string.Concat(Enumerable.Repeat("😀", random.Next(0, 200)))).Append("\n\n");
                    break;
                default:
                    text.Append(Words(random.Next(1, 300), random)).Append("\n\n");
                    break;
            }
        }

        return text.ToString();
    }

    private static string Words(int count, Random? random = null)
    {
        string[] words = ["The", "pump", "is", "blocked.", "Call", "Dr.", "Brew,", "e.g.", "at", "3.5", "bar!", "水泵堵塞。", "请联系", "客服，", "“谢谢！”", "naïve", "Ünïcödé", "longer-words;"];
        return string.Join(' ', Enumerable.Range(0, count).Select(i => words[random?.Next(words.Length) ?? i % words.Length]));
    }

    private static SourceDocument Load(string text, string name) => Loader.Load(Encoding.UTF8.GetBytes(text), name);
}
