using System.Diagnostics.CodeAnalysis;
using Agent.Core.Gguf;

namespace Agent.Core.Tests.Gguf;

public class GgufDamageTests
{
    public static TheoryData<string, byte[], string> OtherFiles => new()
    {
        { "empty", [], "the file is empty" },
        { "three bytes", "GGU"u8.ToArray(), "only 3 bytes" },
        { "zip", "PK\x03\x04rest of it"u8.ToArray(), "ZIP archive" },
        { "safetensors", [0x50, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', (byte)'_'], "safetensors" },
        { "json", "  {\"error\":\"not found\"}"u8.ToArray(), "JSON text" },
        { "html", "\n<!DOCTYPE html><html>"u8.ToArray(), "web page" },
        { "html, other case", "<HTML lang=\"en\">"u8.ToArray(), "web page" },
        { "lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"u8.ToArray(), "git lfs pull" },
        { "pickle", [0x80, 2, (byte)'c', (byte)'x', 0, 0], "pickle" },
        { "gzip", [0x1F, 0x8B, 8, 0, 0, 0], "compressed archive" },
        { "zeros", new byte[64], "starts with zeros" },
        { "old ggml", "tjgg\x01\0\0\0"u8.ToArray(), "older than GGUF" },
        { "reversed", "FUGG\0\0\0\x03"u8.ToArray(), "reverse order" },
        { "text", "hello, I am a model"u8.ToArray(), "text file" },
        { "binary", [0xDE, 0xAD, 0xBE, 0xEF, 0, 1, 2], "DEADBEEF" },
    };

    [Theory]
    [MemberData(nameof(OtherFiles))]
    [SuppressMessage("Usage", "xUnit1026", Justification = "The name tells the cases apart in a report.")]
    public void What_is_not_gguf_is_named(string name, byte[] content, string expected)
    {
        var error = Assert.Throws<GgufFormatException>(() => GgufFile.Read(new MemoryStream(content), "model.gguf"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("model.gguf: ", error.Message, StringComparison.Ordinal);
        Assert.Equal("model.gguf", error.Path);
        Assert.Equal(0, error.Offset);
        Assert.NotEmpty(error.Fix);
    }

    [Theory]
    [InlineData(0u, "version is 0")]
    [InlineData(1u, "version 1 is no longer supported")]
    [InlineData(4u, "version 4 is newer")]
    [InlineData(0x03000000u, "big-endian")]
    public void Other_versions_are_refused(uint version, string expected) =>
        AssertRefused(new GgufBuilder { Version = version }, expected);

    [Theory]
    [InlineData(1UL, "more than the")]
    [InlineData(70_000UL, "at most 65536")]
    [InlineData(ulong.MaxValue, "at most 65536")]
    [InlineData(1UL << 63, "at most 65536")]
    public void Counts_that_the_file_cannot_hold_are_refused(ulong count, string expected)
    {
        AssertRefused(new GgufBuilder { MetadataCount = count }, expected);
        AssertRefused(new GgufBuilder { TensorCount = count }, expected);
    }

    [Fact]
    public void A_header_that_ends_early_is_refused_wherever_it_ends()
    {
        var whole = GgufBuilder.Model().Build();
        for (var length = 1; length < whole.Length - 16; length++)
        {
            var error = Assert.Throws<GgufFormatException>(() => GgufFile.Read(new MemoryStream(whole[..length])));
            Assert.True(error.Message.Length < 400, error.Message);
        }
    }

    [Fact]
    public void A_truncated_download_says_how_much_is_missing()
    {
        var error = AssertRefused(new GgufBuilder { CutBytes = 100 }.Weight("w", GgmlType.F32, 64), "(100 are missing)");

        Assert.Matches("asks for \\d+ bytes, but it has \\d+", error.Message);
        Assert.Contains("Download", error.Fix, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Wrong_keys_are_refused()
    {
        AssertRefused(new GgufBuilder().UInt32("", 1).UInt32("pad", 1), "0 bytes long");
        AssertRefused(new GgufBuilder().UInt32(new string('k', 65_536), 1), "65536 bytes long");
        AssertRefused(new GgufBuilder().Value([0xFF, 0xFE], GgufValueType.UInt32, w => w.Write(1)), "not UTF-8");
        AssertRefused(new GgufBuilder().UInt32("a\0b", 1), "zero byte");
        AssertRefused(new GgufBuilder().UInt32("a", 1).UInt32("a", 2), "\"a\" appears twice");
    }

    [Theory]
    [InlineData(13)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Unknown_value_types_are_refused(int type)
    {
        AssertRefused(new GgufBuilder().Value("k", (GgufValueType)type, w => w.Write(0UL)), $"unknown type {type}");
        AssertRefused(new GgufBuilder().Value("k", GgufValueType.Array, w => WriteArray(w, type, 1)), $"unknown element type {type}");
    }

    [Fact]
    public void Nested_arrays_are_refused() =>
        AssertRefused(new GgufBuilder().Value("k", GgufValueType.Array, w => WriteArray(w, (int)GgufValueType.Array, 1)), "array of arrays");

    [Theory]
    [InlineData(GgufValueType.UInt8, 1000UL)]
    [InlineData(GgufValueType.Float64, ulong.MaxValue / 8 + 2)]
    [InlineData(GgufValueType.String, 1UL << 61)]
    [InlineData(GgufValueType.String, ulong.MaxValue)]
    public void Array_lengths_that_the_file_cannot_hold_are_refused(GgufValueType type, ulong count) =>
        AssertRefused(new GgufBuilder().Value("k", GgufValueType.Array, w => WriteArray(w, (int)type, count)), $"declares {count} elements");

    [Theory]
    [InlineData(100UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    public void Text_lengths_that_the_file_cannot_hold_are_refused(ulong length)
    {
        AssertRefused(new GgufBuilder().Value("k", GgufValueType.String, w => w.Write(length)), $"{length} bytes long");
        AssertRefused(
            new GgufBuilder().Value("k", GgufValueType.Array, w =>
            {
                WriteArray(w, (int)GgufValueType.String, 1);
                w.Write(length);
            }),
            $"{length} bytes long");
    }

    [Fact]
    public void A_text_beyond_the_limit_is_refused_without_being_read()
    {
        var length = GgufLimits.MaxStringBytes + 1;
        using var stream = new MemoryStream(new GgufBuilder().Value("k", GgufValueType.String, w =>
        {
            w.Write((ulong)length);
            w.Write(new byte[length]);
        }).Build());
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<GgufFormatException>(() => GgufFile.Read(stream));

        Assert.Contains("at most", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Texts_beyond_the_limit_together_are_refused()
    {
        var builder = new GgufBuilder();
        for (var i = 0; i < 3; i++)
        {
            builder.Value($"k{i}", GgufValueType.String, w =>
            {
                w.Write((ulong)GgufLimits.MaxStringBytes);
                w.Write(new byte[GgufLimits.MaxStringBytes]);
            });
        }

        AssertRefused(builder, "together longer");
    }

    [Fact]
    public void Wrong_alignments_are_refused()
    {
        AssertRefused(new GgufBuilder().UInt32("general.alignment", 0), "not a power of two");
        AssertRefused(new GgufBuilder().UInt32("general.alignment", 48), "not a power of two");
        AssertRefused(new GgufBuilder().UInt16("general.alignment", 32), "must be of type u32 but is u16");
    }

    [Fact]
    public void Wrong_tensor_names_are_refused()
    {
        AssertRefused(new GgufBuilder().Weight("", GgmlType.F32, 1), "0 bytes long");
        AssertRefused(new GgufBuilder().Weight(new string('n', 64), GgmlType.F32, 1), "64 bytes long");
        AssertRefused(new GgufBuilder().Weight("a\0b", GgmlType.F32, 1), "zero byte");
        AssertRefused(new GgufBuilder().Weight("a", GgmlType.F32, 1).Weight("a", GgmlType.F32, 1), "\"a\" appears twice");
        Assert.Single(new GgufBuilder().Weight(new string('n', 63), GgmlType.F32, 1).Read().Tensors);
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        AssertRefused(new GgufBuilder().Weight("w", 0, [], null, 4), "has 0 dimensions");
        AssertRefused(new GgufBuilder().Weight("w", 0, [1, 1, 1, 1, 1], null, 4), "has 5 dimensions");
        AssertRefused(new GgufBuilder().Weight("w", 0, [0], null, 0), "0 elements along dimension 0");
        AssertRefused(new GgufBuilder().Weight("w", 0, [4, -1], null, 4), "-1 elements along dimension 1");
        AssertRefused(new GgufBuilder().Weight("w", 0, [long.MaxValue], null, 4), "more elements than can be counted");
        AssertRefused(new GgufBuilder().Weight("w", 0, [1L << 32, 1L << 32], null, 4), "more elements than can be counted");
        AssertRefused(new GgufBuilder().Weight("w", 0, [1L << 62, 1L << 62, 1L << 62, 1L << 62], null, 4), "more elements than can be counted");
        AssertRefused(new GgufBuilder().Weight("w", 0, [1L << 62], null, 4), "larger than any file");
        AssertRefused(new GgufBuilder().Weight("w", (int)GgmlType.Q4_K, [255], null, 144), "not a multiple of its block of 256");
    }

    [Theory]
    [InlineData(4, "removed")]
    [InlineData(31, "Use a Q4_0")]
    [InlineData(33, "removed")]
    [InlineData(36, "IQ4_NL")]
    [InlineData(43, "unknown type 43")]
    [InlineData(-1, "unknown type -1")]
    public void Wrong_tensor_types_are_refused(int type, string expected) =>
        AssertRefused(new GgufBuilder().Weight("w", type, [256], null, 1024), expected);

    [Theory]
    [InlineData(32UL)]
    [InlineData(1UL)]
    [InlineData(ulong.MaxValue)]
    public void Data_out_of_place_is_refused(ulong offset) =>
        AssertRefused(new GgufBuilder().Weight("w", 0, [8], offset, 32), $"said to start at {offset}, but must start at 0");

    [Fact]
    public void Overlapping_data_is_refused() =>
        AssertRefused(new GgufBuilder().Weight("a", GgmlType.F32, 64).Weight("b", 0, [64], 0, 256), "must start at 256");

    [Fact]
    public void Sizes_that_overflow_together_are_refused()
    {
        var huge = 1L << 60;
        AssertRefused(
            new GgufBuilder()
                .Weight("a", 0, [huge], 0, 0)
                .Weight("b", 0, [huge], (ulong)huge * 4, 0),
            "larger than any file");
    }

    [Fact]
    public void Hostile_names_cannot_write_lines_into_a_log()
    {
        var key = "k\r\nlevel=error \u001b[31m\u202E" + new string('x', 500);
        var error = AssertRefused(new GgufBuilder().UInt32(key, 1).UInt32(key, 1), "appears twice");

        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.DoesNotContain('\u202E', error.Message);
        Assert.InRange(error.Message.Length, 1, 400);
    }

    [Fact]
    public void Random_damage_never_does_more_than_raise_the_error()
    {
        var whole = GgufBuilder.Model()
            .Texts("extra", "one", "two")
            .UInt16("split.no", 0)
            .UInt16("split.count", 1)
            .Float32("qwen2.rope.scaling.factor", 4)
            .Weight("blk.0.attn_q.weight", GgmlType.Q8_0, 32, 4)
            .Build();
        var random = new Random(20251);
        var refused = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var damaged = whole.ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                // Half of the damage goes where lengths and counts are small numbers.
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(1 << random.Next(8));
            }

            if (random.Next(4) == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var model = ModelDescription.From(GgufFile.Read(new MemoryStream(damaged)));
                model.EnsureCanGenerate();
                _ = model.Files[0].Metadata.Values.Select(value => value.ToString()).ToArray();
            }
            catch (GgufFormatException e)
            {
                refused++;
                Assert.NotEmpty(e.Fix);
            }
            catch (FileNotFoundException e)
            {
                Assert.Contains("split model", e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64_000_000);
        }

        Assert.InRange(refused, 2_000, 4_999);
    }

    private static void WriteArray(BinaryWriter writer, int elementType, ulong count)
    {
        writer.Write(elementType);
        writer.Write(count);
    }

    private static GgufFormatException AssertRefused(GgufBuilder builder, string expected)
    {
        var content = builder.Build();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<GgufFormatException>(() => GgufFile.Read(new MemoryStream(content), "test.gguf"));

        // The text limit is 64 MiB of UTF-8, which is twice that in memory.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, content.Length < 1_000_000 ? 1_000_000 : 300_000_000);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Fix, StringComparison.Ordinal);
        Assert.InRange(error.Problem.Length, 1, 400);
        return error;
    }
}
