using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agent.Core.Retrieval.Index;

/// <summary>
/// 128 numbers of equal width, packed in four lanes: number i lies in lane i % 4, so that one vector operation unpacks four.
/// (Lemire and Boytsov, "Decoding billions of integers per second through vectorization", 2015.)
/// </summary>
internal static class BitPacking
{
    /// <summary>Numbers in a block.</summary>
    public const int BlockSize = 128;

    private const int Lanes = 4;
    private const int Rows = BlockSize / Lanes;

    /// <summary>Bytes of a packed block.</summary>
    public static int PackedBytes(int bits) => bits * (BlockSize / 8);

    public static void Pack(ReadOnlySpan<int> values, int bits, Span<byte> packed)
    {
        if (bits == 0)
        {
            return;
        }

        var words = MemoryMarshal.Cast<byte, uint>(packed[..PackedBytes(bits)]);
        words.Clear();
        for (var i = 0; i < BlockSize; i++)
        {
            var (at, value) = (i / Lanes * bits, (uint)values[i]);
            var (word, shift) = (at / 32, at % 32);
            words[(word * Lanes) + (i % Lanes)] |= value << shift;
            if (shift + bits > 32)
            {
                words[((word + 1) * Lanes) + (i % Lanes)] |= value >> (32 - shift);
            }
        }
    }

    /// <summary>Unpacks 128 numbers.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int bits, Span<int> values)
    {
        if (bits == 0)
        {
            values[..BlockSize].Clear();
            return;
        }

        var source = MemoryMarshal.Cast<byte, Vector128<uint>>(packed[..PackedBytes(bits)]);
        var target = MemoryMarshal.Cast<int, Vector128<uint>>(values[..BlockSize]);
        var mask = Vector128.Create(uint.MaxValue >> (32 - bits));
        var current = source[0];
        var (word, offset) = (0, 0);
        for (var row = 0; row < Rows; row++)
        {
            var value = Vector128.ShiftRightLogical(current, offset);
            offset += bits;
            if (offset >= 32)
            {
                offset -= 32;
                if (++word < source.Length)
                {
                    current = source[word];
                    if (offset > 0)
                    {
                        value |= Vector128.ShiftLeft(current, bits - offset);
                    }
                }
            }

            target[row] = value & mask;
        }
    }

    /// <summary>Turns 128 gaps, each less by one than the distance to the number before, into the numbers themselves.</summary>
    public static void SumGaps(Span<int> gaps, int before)
    {
        var rows = MemoryMarshal.Cast<int, Vector128<int>>(gaps[..BlockSize]);
        var carry = Vector128.Create(before);
        for (var row = 0; row < rows.Length; row++)
        {
            var sum = rows[row] + Vector128<int>.One;
            sum += Vector128.Shuffle(sum, Vector128.Create(-1, 0, 1, 2));
            sum += Vector128.Shuffle(sum, Vector128.Create(-1, -1, 0, 1));
            sum += carry;
            rows[row] = sum;
            carry = Vector128.Shuffle(sum, Vector128.Create(3, 3, 3, 3));
        }
    }
}
