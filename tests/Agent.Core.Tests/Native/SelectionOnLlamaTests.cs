using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Agent.Core.Tests.Inference;

namespace Agent.Core.Tests.Native;

/// <summary>The best logits that llama.cpp's graph picks, held against the whole rows of a context without that.</summary>
[Collection("embedded model")]
public class SelectionOnLlamaTests(EmbeddedModelFixture fixture)
{
    private const int Sequences = 6;
    private const int Capacity = 96;

    [Theory]
    [InlineData(null, 1)]
    [InlineData(null, 2)]
    [InlineData(20, 3)] // The last block is not full.
    [InlineData(47, 4)]
    public void Rows_are_those_of_a_context_that_gives_them_whole(int? block, int seed)
    {
        using var plain = NewContext(select: false, block: null);
        using var selecting = NewContext(select: true, block);
        Assert.Equal((0, LogitBlocks.BestCount), (plain.BestCount, selecting.BestCount));
        var random = new Random(seed);
        var expected = new CandidateList(plain.VocabularySize);
        var got = new CandidateList(plain.VocabularySize);
        var (whole, best) = (0, 0);
        for (var step = 0; step < 60; step++)
        {
            var batch = RandomStep(random, plain);
            Assert.Equal(DecodeStatus.Ok, plain.Decode(batch));
            Assert.Equal(DecodeStatus.Ok, selecting.Decode(batch));
            plain.Synchronize();
            selecting.Synchronize();
            for (var row = 0; row < batch.OutputCount; row++)
            {
                if (batch.WholeOutputs[row])
                {
                    whole++;
                    Assert.Equal(plain.GetLogits(row).ToArray(), selecting.GetLogits(row).ToArray());
                    continue;
                }

                best++;
                expected.FillTop(plain.GetLogits(row), LogitBlocks.BestCount);
                got.FillTop(selecting.GetBest(row), LogitBlocks.BestCount);
                Assert.Equal(expected.Tokens.ToArray(), got.Tokens.ToArray());
                Assert.Equal(expected.Logits.ToArray(), got.Logits.ToArray());
            }

            for (var sequence = 0; sequence < Sequences; sequence++)
            {
                Assert.Equal(plain.GetLength(sequence), selecting.GetLength(sequence));
                if (random.Next(12) == 0 || plain.GetLength(sequence) > 200)
                {
                    plain.Truncate(sequence, 0);
                    selecting.Truncate(sequence, 0);
                }
            }
        }

        Assert.True(whole > 20 && best > 20, $"{whole} rows were whole, {best} were not");
    }

    [Fact]
    public void A_row_that_was_not_fetched_so_is_refused()
    {
        using var context = NewContext(select: true, block: null);
        var batch = new DecodeBatch(Capacity);
        batch.Add(1, 0, 0, output: true, whole: true);
        batch.Add(1, 0, 1, output: true, whole: false);
        Assert.Equal(DecodeStatus.Ok, context.Decode(batch));
        context.Synchronize();

        Assert.Equal(context.VocabularySize, context.GetLogits(0).Length);
        Assert.Equal(LogitBlocks.KeptBlocks, context.GetBest(1).Count);
        Assert.Throws<InvalidOperationException>(() => context.GetLogits(1).Length);
        Assert.Throws<InvalidOperationException>(() => context.GetBest(0).Count);
        Assert.Throws<InvalidOperationException>(() => context.GetBest(2).Count);
    }

    [Fact]
    public void Nothing_can_be_read_after_a_step_that_failed()
    {
        using var context = NewContext(select: true, block: null);
        var batch = new DecodeBatch(Capacity);
        batch.Add(1, 0, 0, output: true, whole: false);
        Assert.Equal(DecodeStatus.Ok, context.Decode(batch));
        context.Synchronize();
        batch.Clear();
        batch.Add(1, 5, 0, output: true, whole: false);

        Assert.Throws<InvalidOperationException>(() => context.Decode(batch));
        Assert.Throws<InvalidOperationException>(() => context.GetBest(1).Count);
    }

    /// <summary>Prompts, answers, tokens that are tried, and holes between them.</summary>
    private static DecodeBatch RandomStep(Random random, NativeContext context)
    {
        var batch = new DecodeBatch(Capacity);
        while (batch.OutputCount == 0)
        {
            batch.Clear();
            for (var sequence = 0; sequence < Sequences; sequence++)
            {
                var (tokens, outputs) = random.Next(6) switch
                {
                    0 => (0, 0),
                    1 => (random.Next(2, 20), 1),
                    2 => (random.Next(2, 10), 0),
                    3 => (3, 3),
                    _ => (1, 1),
                };
                for (var i = 0; i < tokens; i++)
                {
                    batch.Add(random.Next(300, 12_000), context.GetLength(sequence) + i, sequence, i >= tokens - outputs, whole: random.Next(3) == 0);
                }
            }
        }

        return batch;
    }

    private NativeContext NewContext(bool select, int? block) => NativeContext.Create(fixture.Model.Native, new NativeContextOptions
    {
        ContextPerSequence = 256,
        MaxSequences = Sequences,
        MaxOutputs = 3 * Sequences,
        BatchSize = Capacity,
        MicroBatchSize = 32,
        Threads = 1,
        BatchThreads = 1,
        KvType = KvCacheType.F16,
        FlashAttention = true,
        SelectOnDevice = select,
        SelectionBlock = block,
    });
}
