using System.Numerics;

namespace Agent.Core.Native;

/// <summary>
/// How a row of logits is cut into blocks, of which the best ones are enough to find its best tokens: a token among the best k stands in one
/// of the k blocks with the greatest maxima, because each of these holds a token that is at least as good as the best of any other block.
/// </summary>
internal sealed class LogitBlocks
{
    /// <summary>
    /// How many of the best tokens of a row are certain to be in the blocks that are kept: the usual top-k. Every one more is a block more to copy for
    /// every row of every step.
    /// </summary>
    public const int BestCount = 40;

    /// <summary>Blocks that are kept of a row. One more than are asked for: what fills up the last block may put it before another.</summary>
    public const int KeptBlocks = BestCount + 1;

    // CUDA sorts up to so many columns of a row in one go, all rows side by side.
    private const int MostBlocks = 1024;

    /// <summary>Cuts rows into blocks of a given size.</summary>
    public LogitBlocks(int vocabularySize, int blockSize)
    {
        VocabularySize = vocabularySize;
        BlockSize = blockSize;
        BlockCount = (vocabularySize + blockSize - 1) / blockSize;
    }

    /// <summary>Logits in a row.</summary>
    public int VocabularySize { get; }

    /// <summary>Logits in a block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks in a row; the last one may reach beyond the vocabulary.</summary>
    public int BlockCount { get; }

    /// <summary>Logits that are kept of a row.</summary>
    public int KeptLogits => KeptBlocks * BlockSize;

    /// <summary>Logits by which the last block reaches beyond the vocabulary.</summary>
    public int Padding => (BlockCount * BlockSize) - VocabularySize;

    /// <summary>The blocks for a vocabulary, or null where they would hold most of it anyway.</summary>
    public static LogitBlocks? For(int vocabularySize)
    {
        var blockSize = (int)Math.Max(16, BitOperations.RoundUpToPowerOf2((uint)((vocabularySize + MostBlocks - 1) / MostBlocks)));
        var blocks = new LogitBlocks(vocabularySize, blockSize);
        return blocks.BlockCount >= 4 * KeptBlocks ? blocks : null;
    }
}
