using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>Where a block of postings lies and how it is packed.</summary>
/// <param name="Before">The last document ordinal of the block before; -1 for the first.</param>
/// <param name="Last">The last document ordinal of this block.</param>
/// <param name="Size">How many postings it has, 1 to 128.</param>
/// <param name="Offset">Where its data begin in the postings of the term.</param>
/// <param name="GapBits">Width of the packed gaps; <see cref="VariableBytes"/> for a block of fewer than 128.</param>
/// <param name="CountBits">Width of the packed counts.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PostingsBlock(int Before, int Last, int Size, int Offset, byte GapBits, byte CountBits)
{
    public const byte VariableBytes = byte.MaxValue;

    /// <summary>Decodes the document ordinals.</summary>
    /// <param name="postings">All the postings of the term.</param>
    /// <param name="ordinals">Room for 128.</param>
    public void ReadOrdinals(ReadOnlySpan<byte> postings, Span<int> ordinals)
    {
        if (GapBits != VariableBytes)
        {
            BitPacking.Unpack(postings[Offset..], GapBits, ordinals);
            BitPacking.SumGaps(ordinals, Before);
            return;
        }

        var reader = new ByteReader(postings[Offset..]);
        var ordinal = Before;
        for (var i = 0; i < Size; i++)
        {
            ordinals[i] = ordinal += reader.ReadNumber() + 1;
            reader.ReadNumber();
        }
    }

    /// <summary>Decodes how often the term occurs in each document.</summary>
    /// <param name="postings">All the postings of the term.</param>
    /// <param name="counts">Room for 128.</param>
    public void ReadCounts(ReadOnlySpan<byte> postings, Span<int> counts)
    {
        if (GapBits != VariableBytes)
        {
            BitPacking.Unpack(postings[(Offset + BitPacking.PackedBytes(GapBits))..], CountBits, counts);
            for (var i = 0; i < BitPacking.BlockSize; i++)
            {
                counts[i]++;
            }

            return;
        }

        var reader = new ByteReader(postings[Offset..]);
        for (var i = 0; i < Size; i++)
        {
            reader.ReadNumber();
            counts[i] = reader.ReadNumber() + 1;
        }
    }
}
