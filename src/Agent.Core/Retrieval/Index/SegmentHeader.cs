using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>
/// The first 48 bytes of a segment, little-endian: magic, version, checksum of all that follows it, then sizes. After them come the documents
/// (ids as gaps, lengths), the places of the dictionary's blocks, the dictionary and the postings.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentHeader(int Documents, int Terms, int DocumentBytes, int DictionaryBytes, int PostingBytes, long TotalLength)
{
    public const int Size = 48;
    private const int Version = 1;
    private const int ChecksumAt = 12;

    private static ReadOnlySpan<byte> Magic => "AGNTINDX"u8;

    /// <summary>How many blocks the dictionary has.</summary>
    public int DictionaryBlocks => (int)(((long)Terms + TermDictionary.BlockTerms - 1) / TermDictionary.BlockTerms);

    public long TotalBytes => Size + (long)DocumentBytes + (4L * DictionaryBlocks) + DictionaryBytes + PostingBytes;

    /// <summary>Writes the header over the first bytes of a segment whose other bytes are there.</summary>
    public void Write(Span<byte> segment)
    {
        Magic.CopyTo(segment);
        BinaryPrimitives.WriteInt32LittleEndian(segment[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(segment[16..], Documents);
        BinaryPrimitives.WriteInt32LittleEndian(segment[20..], Terms);
        BinaryPrimitives.WriteInt32LittleEndian(segment[24..], DocumentBytes);
        BinaryPrimitives.WriteInt32LittleEndian(segment[28..], DictionaryBytes);
        BinaryPrimitives.WriteInt32LittleEndian(segment[32..], PostingBytes);
        BinaryPrimitives.WriteInt32LittleEndian(segment[36..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(segment[40..], TotalLength);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[ChecksumAt..], Checksum(segment[(ChecksumAt + 4)..]));
    }

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="IndexFormatException">It is not the header of these bytes.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < Size || !segment.StartsWith(Magic))
        {
            throw new IndexFormatException("the bytes are not an index segment");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(segment[8..]);
        if (version != Version)
        {
            throw new IndexFormatException($"the segment has version {version}; version {Version} is read here");
        }

        var header = new SegmentHeader(
            BinaryPrimitives.ReadInt32LittleEndian(segment[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(segment[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(segment[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(segment[28..]),
            BinaryPrimitives.ReadInt32LittleEndian(segment[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(segment[40..]));
        if ((header.Documents | header.Terms | header.DocumentBytes | header.DictionaryBytes | header.PostingBytes) < 0
            || header.TotalBytes != segment.Length
            || header.Documents > header.DocumentBytes / 2
            || header.Terms > header.DictionaryBytes / 4)
        {
            throw new IndexFormatException($"the sizes in the header do not fit a segment of {segment.Length} bytes");
        }

        if (StoredChecksum(segment) != Checksum(segment[(ChecksumAt + 4)..]))
        {
            throw new IndexFormatException("the checksum is wrong");
        }

        return header;
    }

    /// <summary>The checksum that a checked header holds.</summary>
    public static uint StoredChecksum(ReadOnlySpan<byte> segment) => BinaryPrimitives.ReadUInt32LittleEndian(segment[ChecksumAt..]);

    /// <summary>CRC-32C.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}
