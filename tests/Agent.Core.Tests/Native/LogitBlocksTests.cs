using Agent.Core.Inference.Sampling;
using Agent.Core.Native;

namespace Agent.Core.Tests.Native;

public class LogitBlocksTests
{
    [Theory]
    [InlineData(12_288, 16, 768, 0)]
    [InlineData(32_000, 32, 1000, 0)]
    [InlineData(128_256, 128, 1002, 0)]
    [InlineData(151_936, 256, 594, 128)]
    [InlineData(152_064, 256, 594, 0)]
    [InlineData(262_144, 256, 1024, 0)]
    [InlineData(262_145, 512, 513, 511)]
    public void Rows_are_cut_into_at_most_1024_blocks(int vocabulary, int size, int count, int padding)
    {
        var blocks = LogitBlocks.For(vocabulary)!;

        Assert.Equal((size, count, padding), (blocks.BlockSize, blocks.BlockCount, blocks.Padding));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(2_600)]
    public void Small_rows_are_not_cut(int vocabulary) => Assert.Null(LogitBlocks.For(vocabulary));

    [Theory]
    [InlineData(3_000, 16)]
    [InlineData(3_001, 16)]
    [InlineData(3_000, 17)]
    public void The_best_tokens_of_a_row_are_those_of_its_best_blocks(int vocabulary, int size)
    {
        var random = new Random(size + vocabulary);
        var blocks = new LogitBlocks(vocabulary, size);
        var whole = new CandidateList(vocabulary);
        var best = new CandidateList(vocabulary);
        for (var round = 0; round < 40; round++)
        {
            // All below zero, so that what fills up the last block is better than any token of it.
            var logits = Enumerable.Range(0, vocabulary).Select(_ => random.Next(10) == 0 ? float.NegativeInfinity : -1 - random.NextSingle()).ToArray();
            var count = random.Next(1, LogitBlocks.BestCount + 1);

            whole.FillTop(logits, count);
            best.FillTop(Select(blocks, logits), count);

            Assert.Equal(whole.Tokens.ToArray(), best.Tokens.ToArray());
            Assert.Equal(whole.Logits.ToArray(), best.Logits.ToArray());
        }
    }

    [Fact]
    public void Of_equal_tokens_the_first_ones_count_as_in_a_whole_row()
    {
        var random = new Random(5);
        var blocks = new LogitBlocks(3_000, 16);
        var whole = new CandidateList(3_000);
        var best = new CandidateList(3_000);
        for (var round = 0; round < 40; round++)
        {
            // A few tokens at the top, equal by twos and threes, in blocks that come in any order.
            var logits = new float[3_000];
            for (var i = 0; i < 30; i++)
            {
                logits[random.Next(logits.Length)] = random.Next(1, 12);
            }

            var count = random.Next(1, 12);
            whole.FillTop(logits, count);
            best.FillTop(Select(blocks, logits), count);

            Assert.Equal(whole.Tokens.ToArray(), best.Tokens.ToArray());
        }
    }

    /// <summary>What a device picks, in the order of the greatest, equal ones in any.</summary>
    private static BestLogits Select(LogitBlocks blocks, float[] logits)
    {
        float[] padded = [.. logits, .. new float[blocks.Padding]];
        var parts = padded.Chunk(blocks.BlockSize).ToArray();
        var kept = Enumerable.Range(0, parts.Length).OrderByDescending(i => parts[i].Max()).ThenByDescending(i => i).Take(LogitBlocks.KeptBlocks).ToArray();
        return new BestLogits(kept.SelectMany(i => parts[i]).ToArray(), kept, blocks.VocabularySize);
    }
}
