using System.Buffers.Binary;
using Agent.Core.Native;
using Agent.Testing;

namespace Agent.Core.Tests.Native;

public sealed class CudaFatBinaryTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Images_are_listed_with_architecture_and_ptx_version()
    {
        File.WriteAllBytes(_file, Library(padding: 24, (Kind: 2, Architecture: 89, Major: 1, Minor: 7, Payload: 40), (1, 90, 9, 1, 16)));

        Assert.Equal([new CudaImage(IsPtx: false, 89, 0), new CudaImage(IsPtx: true, 90, 91)], CudaFatBinary.ReadImages(_file));
    }

    [Fact]
    public void Whatever_is_no_library_holds_no_images()
    {
        foreach (var bytes in new byte[][] { [], "MZ"u8.ToArray(), Library(padding: 0)[..70], new byte[4096] })
        {
            File.WriteAllBytes(_file, bytes);
            Assert.Empty(CudaFatBinary.ReadImages(_file));
        }
    }

    [FactIfFile("native/linux-x64-cuda/node_modules/@node-llama-cpp/linux-x64-cuda/bins/linux-x64-cuda/libggml-cuda.so", "build with -p:LlamaBackend=cuda to restore it")]
    public void The_package_holds_what_the_judge_is_told_of()
    {
        var images = CudaFatBinary.ReadImages(Path.Combine(Repository.Root, "native/linux-x64-cuda/node_modules/@node-llama-cpp/linux-x64-cuda/bins/linux-x64-cuda/libggml-cuda.so"));

        Assert.Equal([75, 80, 90], images.Where(i => i.IsPtx).Select(i => i.Architecture).Order());
        Assert.All(images.Where(i => i.IsPtx), i => Assert.Equal(91, i.IsaVersion));
        Assert.Equal([86, 89, 120, 121], images.Where(i => !i.IsPtx).Select(i => i.Architecture).Order());
    }

    public void Dispose() => File.Delete(_file);

    /// <summary>An ELF file with the two sections that matter.</summary>
    private static byte[] Library(int padding, params (int Kind, int Architecture, int Major, int Minor, int Payload)[] images)
    {
        const int TableOffset = 64, SectionSize = 64, NamesOffset = TableOffset + (2 * SectionSize), CodeOffset = 256;
        var body = images.Sum(i => 64 + i.Payload);
        var file = new byte[CodeOffset + padding + 16 + body];
        "\u007fELF\u0002"u8.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x28), TableOffset);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(0x3A), SectionSize);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(0x3C), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(0x3E), 1);
        "\0.nv_fatbin\0"u8.CopyTo(file.AsSpan(NamesOffset));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(TableOffset), 1);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(TableOffset + 0x18), CodeOffset);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(TableOffset + 0x20), file.Length - CodeOffset);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(TableOffset + SectionSize + 0x18), NamesOffset);
        var code = file.AsSpan(CodeOffset + padding);
        BinaryPrimitives.WriteUInt32LittleEndian(code, 0xBA55ED50);
        BinaryPrimitives.WriteInt16LittleEndian(code[4..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(code[6..], 16);
        BinaryPrimitives.WriteInt64LittleEndian(code[8..], body);
        var at = 16;
        foreach (var (kind, architecture, major, minor, payload) in images)
        {
            var image = code[at..];
            BinaryPrimitives.WriteInt16LittleEndian(image, (short)kind);
            BinaryPrimitives.WriteInt32LittleEndian(image[4..], 64);
            BinaryPrimitives.WriteInt64LittleEndian(image[8..], payload);
            BinaryPrimitives.WriteInt16LittleEndian(image[24..], (short)minor);
            BinaryPrimitives.WriteInt16LittleEndian(image[26..], (short)major);
            BinaryPrimitives.WriteInt32LittleEndian(image[28..], architecture);
            at += 64 + payload;
        }

        return file;
    }
}
