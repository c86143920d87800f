namespace Agent.Core.Native;

/// <summary>The blocks of a row that hold its best tokens, the block with the greatest logit first.</summary>
/// <param name="logits">The logits of the blocks, one block after another.</param>
/// <param name="blocks">The number of each of these blocks in the row.</param>
/// <param name="vocabularySize">Tokens; the last block of a row may hold more places, which mean nothing.</param>
internal readonly ref struct BestLogits(ReadOnlySpan<float> logits, ReadOnlySpan<int> blocks, int vocabularySize)
{
    private readonly ReadOnlySpan<float> _logits = logits;
    private readonly ReadOnlySpan<int> _blocks = blocks;
    /// <summary>How many blocks there are.</summary>
    public int Count => _blocks.Length;

    /// <summary>Places in a block.</summary>
    public int BlockSize { get; } = logits.Length / blocks.Length;

    /// <summary>The logits of a block that belong to tokens, and the first of these tokens.</summary>
    /// <param name="index">Which block, the best first.</param>
    /// <param name="firstToken">The token of its first logit; the others follow.</param>
    public ReadOnlySpan<float> GetBlock(int index, out int firstToken)
    {
        firstToken = _blocks[index] * BlockSize;
        return _logits.Slice(index * BlockSize, Math.Clamp(vocabularySize - firstToken, 0, BlockSize));
    }
}
