using System.Buffers.Binary;

namespace Agent.Core.Native;

/// <summary>
/// Lists the GPU code in a CUDA library: for which architectures there is machine code, and PTX of which version. Only the
/// section table and the headers of the images are read.
/// </summary>
internal static class CudaFatBinary
{
    private const uint FatBinaryMagic = 0xBA55ED50;
    private const int ImageHeaderSize = 64;

    /// <summary>The images of the first fat binary of an ELF library; a build compiles every file for the same set.</summary>
    /// <returns>Empty if the file is no 64-bit ELF library or holds no GPU code.</returns>
    public static IReadOnlyList<CudaImage> ReadImages(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[64];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("\u007fELF\u0002"u8))
        {
            return [];
        }

        if (FindSection(file, header, ".nv_fatbin"u8) is not var (offset, size) || size < 16)
        {
            return [];
        }

        return ReadImages(file, offset, size);
    }

    private static (long Offset, long Size)? FindSection(FileStream file, ReadOnlySpan<byte> header, ReadOnlySpan<byte> wanted)
    {
        var tableOffset = BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]);
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3A..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
        var namesIndex = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3E..]);
        if (entrySize < 64 || count == 0 || namesIndex >= count)
        {
            return null;
        }

        var table = new byte[entrySize * count];
        if (!TryRead(file, tableOffset, table))
        {
            return null;
        }

        var names = table.AsSpan(namesIndex * entrySize);
        var namesOffset = BinaryPrimitives.ReadInt64LittleEndian(names[0x18..]);
        var text = new byte[wanted.Length + 1];
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(i * entrySize);
            if (TryRead(file, namesOffset + BinaryPrimitives.ReadUInt32LittleEndian(entry), text)
                && text.AsSpan(0, wanted.Length).SequenceEqual(wanted)
                && text[^1] == 0)
            {
                return (BinaryPrimitives.ReadInt64LittleEndian(entry[0x18..]), BinaryPrimitives.ReadInt64LittleEndian(entry[0x20..]));
            }
        }

        return null;
    }

    private static List<CudaImage> ReadImages(FileStream file, long offset, long size)
    {
        var images = new List<CudaImage>();
        var head = new byte[ImageHeaderSize];
        var end = offset + size;
        while (TryRead(file, offset, head.AsSpan(0, 16)) && BinaryPrimitives.ReadUInt32LittleEndian(head) != FatBinaryMagic)
        {
            // Linkers leave padding before the first binary.
            offset += 8;
            if (offset + 16 > end)
            {
                return images;
            }
        }

        var position = offset + BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(6));
        end = Math.Min(end, position + BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8)));
        while (position + ImageHeaderSize <= end && TryRead(file, position, head))
        {
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(head);
            var headerSize = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            var payload = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8));
            var minor = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(24));
            var major = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(26));
            var architecture = (int)BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(28));
            if (headerSize < 32 || payload < 0)
            {
                break;
            }

            images.Add(new CudaImage(kind == 1, architecture, kind == 1 ? (major * 10) + minor : 0));
            position += headerSize + payload;
        }

        return images;
    }

    private static bool TryRead(FileStream file, long offset, Span<byte> destination)
    {
        if (offset < 0 || offset + destination.Length > file.Length)
        {
            return false;
        }

        file.Position = offset;
        file.ReadExactly(destination);
        return true;
    }
}
