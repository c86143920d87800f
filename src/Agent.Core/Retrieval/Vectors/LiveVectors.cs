using System.Numerics;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>A block and which of its rows are left. Immutable.</summary>
internal sealed class LiveVectors
{
    private readonly ulong[]? _removed;

    private LiveVectors(VectorBlock block, ulong[]? removed)
    {
        Block = block;
        _removed = removed;
        Count = block.RowCount - (removed?.Sum(BitOperations.PopCount) ?? 0);
    }

    public VectorBlock Block { get; }

    /// <summary>How many rows are left.</summary>
    public int Count { get; }

    public bool IsComplete => _removed is null;

    public static LiveVectors All(VectorBlock block) => new(block, null);

    public bool IsLive(int row) => _removed is null || ((_removed[row >> 6] >> (row & 63)) & 1) == 0;

    public bool Contains(int id) => Block.RowOf(id) is >= 0 and var row && IsLive(row);

    /// <summary>The same without some ids; itself where none of them is here.</summary>
    public LiveVectors Without(Func<int, bool> isGone)
    {
        ulong[]? removed = null;
        for (var row = 0; row < Block.RowCount; row++)
        {
            if (IsLive(row) && isGone(Block.Ids[row]))
            {
                removed ??= _removed?.ToArray() ?? new ulong[(Block.RowCount + 63) / 64];
                removed[row >> 6] |= 1UL << (row & 63);
            }
        }

        return removed is null ? this : new LiveVectors(Block, removed);
    }
}
