namespace Agent.Core.Gguf;

/// <summary>A number that is the same in every block of a model, or given block by block. Immutable and thread-safe.</summary>
public sealed class PerBlockCount
{
    private readonly int[] _values;
    private readonly bool _perBlock;

    internal PerBlockCount(int everywhere)
    {
        _values = [everywhere];
    }

    internal PerBlockCount(int[] perBlock)
    {
        _values = perBlock;
        _perBlock = true;
    }

    /// <summary>The largest of the numbers.</summary>
    public int Max => _values.Length == 0 ? 0 : _values.Max();

    /// <summary>Whether every block has the same number.</summary>
    public bool IsUniform => _values.Distinct().Count() <= 1;

    /// <summary>The number of a block.</summary>
    /// <param name="block">Index of the block, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public int this[int block]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(block);
            if (!_perBlock)
            {
                return _values[0];
            }

            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, _values.Length);
            return _values[block];
        }
    }

    /// <summary>The sum over the first blocks.</summary>
    /// <param name="blocks">How many blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer blocks.</exception>
    public long Sum(int blocks)
    {
        var sum = 0L;
        for (var i = 0; i < blocks; i++)
        {
            sum += this[i];
        }

        return sum;
    }
}
