using System.Numerics;
using System.Numerics.Tensors;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Native;

namespace Agent.Core.Inference.Sampling;

/// <summary>The tokens that may still be drawn in a step, with their logits, in buffers that are reused from step to step.</summary>
/// <remarks>
/// Order is lazy: a full vocabulary is never sorted, because the filters look at the best few only. Not thread-safe.
/// </remarks>
public sealed class CandidateList
{
    private static readonly int BlockLength = 4 * Vector<float>.Count;

    private readonly int[] _tokens;
    private readonly float[] _logits;
    private readonly float[] _probabilities;
    private ulong[]? _keys;
    private int _sorted;

    /// <summary>Creates buffers for a vocabulary.</summary>
    public CandidateList(int vocabularySize)
    {
        _tokens = new int[vocabularySize];
        _logits = new float[vocabularySize];
        _probabilities = new float[vocabularySize];
    }

    /// <summary>Candidates left.</summary>
    public int Count { get; private set; }

    /// <summary>Their token ids.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Their logits, in the order of <see cref="Tokens"/>; filters may scale them by one positive factor.</summary>
    public Span<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>Starts a step with every token whose logit is a number above negative infinity.</summary>
    public void Fill(ReadOnlySpan<float> logits)
    {
        Count = 0;
        _sorted = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            if (logits[i] > float.NegativeInfinity)
            {
                _tokens[Count] = i;
                _logits[Count++] = logits[i];
            }
        }
    }

    /// <summary>Starts a step with those of some tokens whose logit is a number above negative infinity.</summary>
    internal void Fill(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens)
    {
        Count = 0;
        _sorted = 0;
        foreach (var token in tokens)
        {
            if (logits[token] > float.NegativeInfinity)
            {
                Put(Count++, token, logits[token]);
            }
        }
    }

    /// <summary>Starts a step with the best <paramref name="count"/> tokens, in descending order.</summary>
    public void FillTop(ReadOnlySpan<float> logits, int count) => FillTop(logits, count, mask: null);

    /// <summary>Starts a step with the best <paramref name="count"/> tokens that a mask allows, in descending order.</summary>
    internal void FillTop(ReadOnlySpan<float> logits, int count, TokenMask? mask)
    {
        // One pass keeps the best so far in a min-heap at the start of the buffers; nearly every token fails the first test, a whole
        // block of them at a time.
        Count = 0;
        var i = 0;
        for (; i < logits.Length && Count < count; i++)
        {
            if (logits[i] > float.NegativeInfinity && mask?.Allows(i) != false)
            {
                Put(Count, i, logits[i]);
                SiftUp(Count++);
            }
        }

        while (i < logits.Length)
        {
            i = SkipNotAbove(logits, i, _logits[0]);
            for (var end = Math.Min(i + BlockLength, logits.Length); i < end; i++)
            {
                if (logits[i] > _logits[0] && mask?.Allows(i) != false)
                {
                    Put(0, i, logits[i]);
                    SiftDown(0, 0, Count);
                }
            }
        }

        SortHeap(0, Count);
    }

    /// <summary>Starts a step with the best <paramref name="count"/> tokens of a row, in descending order.</summary>
    internal void FillTop(BestLogits best, int count)
    {
        Count = 0;
        for (var block = 0; block < best.Count; block++)
        {
            var logits = best.GetBlock(block, out var first);
            var reaches = Count < count;
            var i = 0;
            for (; i < logits.Length && Count < count; i++)
            {
                if (logits[i] > float.NegativeInfinity)
                {
                    Put(Count, first + i, logits[i]);
                    SiftUp(Count++);
                }
            }

            // Blocks come as good as they are, not as their tokens are numbered: of equals the first token counts, wherever it stands.
            while (i < logits.Length)
            {
                i = SkipNotAbove(logits, i, MathF.BitDecrement(_logits[0]));
                for (var end = Math.Min(i + BlockLength, logits.Length); i < end; i++)
                {
                    reaches |= logits[i] >= _logits[0];
                    if (logits[i] > _logits[0] || (logits[i] == _logits[0] && first + i < _tokens[0]))
                    {
                        Put(0, first + i, logits[i]);
                        SiftDown(0, 0, Count);
                    }
                }
            }

            // Where the best of a whole block is too bad, those behind it are no better. A block that was filled up may stand before its place.
            if (!reaches && logits.Length == best.BlockSize)
            {
                break;
            }
        }

        SortHeap(0, Count);
    }

    /// <summary>Puts the best candidates first, in descending order of logit; ties by token id.</summary>
    /// <param name="count">How many must be in order.</param>
    public void SortTop(int count)
    {
        count = Math.Min(count, Count);
        if (count <= _sorted)
        {
            return;
        }

        // Past a handful a full sort is cheaper than selecting; it happens on near-flat distributions only.
        if (count > 1024 || count * 4 > Count)
        {
            SortAll();
        }
        else
        {
            SelectTop(_sorted, count);
        }
    }

    /// <summary>Drops all but the first <paramref name="count"/> candidates; at least one stays.</summary>
    public void Keep(int count)
    {
        Count = Math.Clamp(count, Math.Min(1, Count), Count);
        _sorted = Math.Min(_sorted, Count);
    }

    /// <summary>Probabilities of the candidates, in the order of <see cref="Tokens"/>; good until the list changes.</summary>
    public ReadOnlySpan<float> Softmax()
    {
        var result = _probabilities.AsSpan(0, Count);
        if (Count > 0)
        {
            // The tensor library takes the powers as they are, and beyond 88 they are infinite.
            TensorPrimitives.Subtract(Logits, TensorPrimitives.Max<float>(Logits), result);
            TensorPrimitives.SoftMax(result, result);
        }

        return result;
    }

    /// <summary>The start of the next block that holds a logit above the limit, or the rest that is no whole block.</summary>
    private static int SkipNotAbove(ReadOnlySpan<float> logits, int start, float limit)
    {
        var limits = new Vector<float>(limit);
        for (; start + BlockLength <= logits.Length; start += BlockLength)
        {
            var block = logits.Slice(start, BlockLength);
            var above = Vector.GreaterThan(new Vector<float>(block), limits)
                | Vector.GreaterThan(new Vector<float>(block[Vector<float>.Count..]), limits)
                | Vector.GreaterThan(new Vector<float>(block[(2 * Vector<float>.Count)..]), limits)
                | Vector.GreaterThan(new Vector<float>(block[(3 * Vector<float>.Count)..]), limits);
            if (above != Vector<int>.Zero)
            {
                break;
            }
        }

        return start;
    }

    /// <summary>Sorts by numbers that have the order of logits, the greatest first, and after it that of token ids.</summary>
    private void SortAll()
    {
        var keys = (_keys ??= new ulong[_tokens.Length]).AsSpan(0, Count);
        for (var i = 0; i < keys.Length; i++)
        {
            // Adding zero makes one zero of two.
            var bits = BitConverter.SingleToUInt32Bits(_logits[i] + 0f);
            var descending = (bits & 0x8000_0000) != 0 ? bits : ~bits & 0x7FFF_FFFF;
            keys[i] = ((ulong)descending << 32) | (uint)_tokens[i];
        }

        keys.Sort();
        for (var i = 0; i < keys.Length; i++)
        {
            var descending = (uint)(keys[i] >> 32);
            var bits = (descending & 0x8000_0000) != 0 ? descending : ~descending & 0x7FFF_FFFF;
            Put(i, (int)(uint)keys[i], BitConverter.UInt32BitsToSingle(bits));
        }

        _sorted = Count;
    }

    /// <summary>Puts the best of what stands from one place on into the places up to another, in order.</summary>
    private void SelectTop(int start, int end)
    {
        for (var index = start + ((end - start) / 2); index >= start; index--)
        {
            SiftDown(start, index, end);
        }

        for (var i = end; i < Count;)
        {
            // Of equal logits an earlier place may hold the greater token, so those are looked at, too.
            i = SkipNotAbove(_logits.AsSpan(0, Count), i, MathF.BitDecrement(_logits[start]));
            for (var block = Math.Min(i + BlockLength, Count); i < block; i++)
            {
                if (Less(start, i))
                {
                    Swap(start, i);
                    SiftDown(start, start, end);
                }
            }
        }

        SortHeap(start, end);
    }

    /// <summary>Turns a heap into descending order.</summary>
    private void SortHeap(int start, int end)
    {
        _sorted = end;
        while (--end > start)
        {
            Swap(start, end);
            SiftDown(start, start, end);
        }
    }

    private void Put(int index, int token, float logit)
    {
        _tokens[index] = token;
        _logits[index] = logit;
    }

    private void Swap(int a, int b)
    {
        (_tokens[a], _tokens[b]) = (_tokens[b], _tokens[a]);
        (_logits[a], _logits[b]) = (_logits[b], _logits[a]);
    }

    // In the heap a later token of equal logit is the smaller one, so ties resolve to the lowest id.
    private bool Less(int a, int b) => _logits[a] < _logits[b] || (_logits[a] == _logits[b] && _tokens[a] > _tokens[b]);

    private void SiftUp(int index)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!Less(index, parent))
            {
                return;
            }

            Swap(index, parent);
            index = parent;
        }
    }

    /// <summary>Restores the heap that begins at a place, from an element of it on.</summary>
    private void SiftDown(int start, int index, int end)
    {
        while (true)
        {
            var child = (2 * (index - start)) + 1 + start;
            if (child >= end)
            {
                return;
            }

            if (child + 1 < end && Less(child + 1, child))
            {
                child++;
            }

            if (!Less(child, index))
            {
                return;
            }

            Swap(index, child);
            index = child;
        }
    }
}
