namespace Agent.Core.Native;

/// <summary>The tokens of one decode step, in arrays that are allocated once and never move.</summary>
/// <remarks>Not thread-safe: the engine thread owns it.</remarks>
internal sealed unsafe class DecodeBatch
{
    private readonly int[] _tokens;
    private readonly int[] _positions;
    private readonly int[] _sequences;
    private readonly int[] _sequenceCounts;
    private readonly nint[] _sequencePointers;
    private readonly sbyte[] _outputs;
    private readonly bool[] _wholes;

    /// <summary>Creates an empty batch.</summary>
    /// <param name="capacity">Most tokens it can hold.</param>
    public DecodeBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _tokens = GC.AllocateArray<int>(capacity, pinned: true);
        _positions = GC.AllocateArray<int>(capacity, pinned: true);
        _sequences = GC.AllocateArray<int>(capacity, pinned: true);
        _sequenceCounts = GC.AllocateArray<int>(capacity, pinned: true);
        _sequencePointers = GC.AllocateArray<nint>(capacity, pinned: true);
        _outputs = GC.AllocateArray<sbyte>(capacity, pinned: true);
        _wholes = new bool[capacity];
        Array.Fill(_sequenceCounts, 1);
        for (var i = 0; i < capacity; i++)
        {
            // Pinned arrays do not move, so the addresses stay good as long as this object holds the arrays.
            fixed (int* sequence = &_sequences[i])
            {
                _sequencePointers[i] = (nint)sequence;
            }
        }
    }

    /// <summary>Most tokens it can hold.</summary>
    public int Capacity => _tokens.Length;

    /// <summary>Tokens in it.</summary>
    public int Count { get; private set; }

    /// <summary>How many of the tokens ask for logits.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Position of each token in its sequence.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>Sequence of each token.</summary>
    public ReadOnlySpan<int> Sequences => _sequences.AsSpan(0, Count);

    /// <summary>Whether logits are wanted after each token.</summary>
    public ReadOnlySpan<sbyte> Outputs => _outputs.AsSpan(0, Count);

    /// <summary>For each logits row, whether all of it is wanted, and not its best tokens only.</summary>
    public ReadOnlySpan<bool> WholeOutputs => _wholes.AsSpan(0, OutputCount);

    /// <summary>Appends a token.</summary>
    /// <param name="token">Its id.</param>
    /// <param name="position">Its place in the sequence.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="output">Whether logits are wanted after it.</param>
    /// <param name="whole">Whether all of them are, where the context could give the best of them only.</param>
    /// <returns>The index of its logits row, or -1 if none is asked for.</returns>
    public int Add(int token, int position, int sequence, bool output, bool whole = true)
    {
        if (Count == Capacity)
        {
            throw new InvalidOperationException($"The batch holds its most, {Capacity} tokens.");
        }

        _tokens[Count] = token;
        _positions[Count] = position;
        _sequences[Count] = sequence;
        _outputs[Count] = output ? (sbyte)1 : (sbyte)0;
        Count++;
        if (!output)
        {
            return -1;
        }

        _wholes[OutputCount] = whole;
        return OutputCount++;
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        OutputCount = 0;
    }

    /// <summary>The native view; good while this object is alive.</summary>
    public LlamaBatch AsNative()
    {
        fixed (int* tokens = _tokens, positions = _positions, counts = _sequenceCounts)
        fixed (nint* sequences = _sequencePointers)
        fixed (sbyte* outputs = _outputs)
        {
            return new LlamaBatch
            {
                TokenCount = Count,
                Tokens = tokens,
                Positions = positions,
                SequenceIdCounts = counts,
                SequenceIds = (int**)sequences,
                Outputs = outputs,
            };
        }
    }
}
