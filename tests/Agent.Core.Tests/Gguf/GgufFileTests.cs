using Agent.Core.Gguf;

namespace Agent.Core.Tests.Gguf;

public class GgufFileTests
{
    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    public void Reads_both_supported_versions(uint version)
    {
        var file = new GgufBuilder { Version = version }.Text("general.name", "x").Read();

        Assert.Equal(version, file.Version);
        Assert.Equal("x", file.GetStringOrDefault("general.name"));
        Assert.Equal(32u, file.Alignment);
        Assert.Null(file.Split);
    }

    [Fact]
    public void Reads_every_scalar_type()
    {
        var file = new GgufBuilder()
            .Value("u8", GgufValueType.UInt8, w => w.Write((byte)200))
            .Value("i8", GgufValueType.Int8, w => w.Write((sbyte)-3))
            .UInt16("u16", 65535)
            .Value("i16", GgufValueType.Int16, w => w.Write((short)-300))
            .UInt32("u32", uint.MaxValue)
            .Value("i32", GgufValueType.Int32, w => w.Write(-70000))
            .Float32("f32", 1.5f)
            .Boolean("bool", true)
            .Text("text", "広州 ✓")
            .Value("u64", GgufValueType.UInt64, w => w.Write(ulong.MaxValue))
            .Value("i64", GgufValueType.Int64, w => w.Write(long.MinValue))
            .Value("f64", GgufValueType.Float64, w => w.Write(-0.25))
            .Read();

        Assert.Equal(
            ["200", "-3", "65535", "-300", "4294967295", "-70000", "1.5", "true", "\"広州 ✓\"", "18446744073709551615", "-9223372036854775808", "-0.25"],
            file.Metadata.Values.Select(value => value.ToString()));
        Assert.Equal(Enum.GetValues<GgufValueType>().Where(type => type != GgufValueType.Array).Order(), file.Metadata.Values.Select(value => value.Type).Order());
    }

    [Fact]
    public void Integers_convert_between_widths_but_never_wrap()
    {
        var file = new GgufBuilder()
            .Value("small", GgufValueType.UInt8, w => w.Write((byte)7))
            .Value("negative", GgufValueType.Int32, w => w.Write(-1))
            .Value("huge", GgufValueType.UInt64, w => w.Write(ulong.MaxValue))
            .Float32("float", 2)
            .Read();

        Assert.True(file.TryGetUInt32("small", out var small));
        Assert.Equal(7u, small);
        Assert.True(file.TryGetInt64("negative", out var negative));
        Assert.Equal(-1, negative);
        Assert.False(file.TryGetUInt32("negative", out _));
        Assert.False(file.Metadata["negative"].TryGetUInt64(out _));
        Assert.False(file.TryGetInt64("huge", out _));
        Assert.True(file.Metadata["huge"].TryGetUInt64(out var huge));
        Assert.Equal(ulong.MaxValue, huge);
        Assert.False(file.TryGetUInt32("float", out _));
        Assert.Equal(9u, file.GetUInt32OrDefault("absent", 9));
        Assert.Equal(9u, file.GetUInt32OrDefault("float", 9));
    }

    [Fact]
    public void Typed_access_answers_false_for_other_types()
    {
        var file = new GgufBuilder().Text("text", "1").Boolean("bool", true).Float32("float", 0.5f).UInt32s("array", 1, 2).Read();

        Assert.False(file.TryGetDouble("text", out _));
        Assert.False(file.TryGetBoolean("text", out _));
        Assert.False(file.TryGetString("bool", out _));
        Assert.False(file.TryGetArray("text", out _));
        Assert.False(file.TryGetInt64("bool", out _));
        Assert.True(file.TryGetDouble("float", out var number));
        Assert.Equal(0.5, number);
        Assert.True(file.GetBooleanOrDefault("bool"));
        Assert.False(file.GetBooleanOrDefault("absent"));
        Assert.Equal("d", file.GetStringOrDefault("bool", "d"));
    }

    [Fact]
    public void Arrays_are_read_when_enumerated_and_as_often_as_wanted()
    {
        var file = new GgufBuilder()
            .Texts("texts", "", "b", "漢字")
            .UInt32s("numbers", 1, uint.MaxValue)
            .Value("floats", GgufValueType.Array, w =>
            {
                w.Write((int)GgufValueType.Float32);
                w.Write(2UL);
                w.Write(0.5f);
                w.Write(-2f);
            })
            .Value("flags", GgufValueType.Array, w =>
            {
                w.Write((int)GgufValueType.Boolean);
                w.Write(3UL);
                w.Write(new byte[] { 0, 1, 255 });
            })
            .Read();

        Assert.True(file.TryGetArray("texts", out var texts));
        Assert.Equal(GgufValueType.String, texts.ElementType);
        Assert.Equal(3, texts.Count);
        Assert.Equal(["", "b", "漢字"], texts.EnumerateStrings());
        Assert.Equal(["", "b", "漢字"], texts.EnumerateStrings());
        Assert.True(file.TryGetArray("numbers", out var numbers));
        Assert.Equal([1L, uint.MaxValue], numbers.EnumerateIntegers());
        Assert.True(file.TryGetArray("floats", out var floats));
        Assert.Equal([0.5, -2], floats.EnumerateNumbers());
        Assert.True(file.TryGetArray("flags", out var flags));
        Assert.Equal([false, true, true], flags.EnumerateBooleans());
        Assert.Throws<InvalidOperationException>(() => texts.EnumerateIntegers());
        Assert.Throws<InvalidOperationException>(() => numbers.EnumerateStrings());
        Assert.Equal("3 x string", file.Metadata["texts"].ToString());
    }

    [Fact]
    public void Texts_longer_than_the_buffer_are_read_whole()
    {
        var longText = new string('模', 200_000);
        var file = new GgufBuilder().Text("long", longText).Texts("array", longText, "end").UInt32("after", 5).Read();

        Assert.Equal(longText, file.GetStringOrDefault("long"));
        Assert.Equal(5u, file.GetUInt32OrDefault("after"));
        Assert.True(file.TryGetArray("array", out var array));
        Assert.Equal([longText, "end"], array.EnumerateStrings());
    }

    [Fact]
    public void Tensors_report_shape_size_and_place()
    {
        var file = new GgufBuilder()
            .Weight("a", GgmlType.F32, 3)
            .Weight("b", GgmlType.Q8_0, 64, 5)
            .Weight("c", GgmlType.Q4_K, 256, 2, 3, 4)
            .Read();

        Assert.Equal([12L, 340L, 256L * 24 / 256 * 144], file.Tensors.Select(tensor => tensor.ByteSize));
        Assert.Equal([0L, 32L, 384L], file.Tensors.Select(tensor => tensor.Offset));
        Assert.Equal([3L, 320L, 6144L], file.Tensors.Select(tensor => tensor.ElementCount));
        Assert.Equal([256L, 2, 3, 4], file.Tensors[2].Dimensions);
        Assert.Equal(0, file.DataOffset % 32);
        Assert.Equal(file.DataOffset + 384 + 3456, file.RequiredLength);
        Assert.Equal(file.Length, file.RequiredLength);
    }

    [Fact]
    public void The_alignment_of_the_file_is_used()
    {
        var file = new GgufBuilder { Alignment = 128 }.UInt32("general.alignment", 128).Weight("a", GgmlType.F32, 1).Weight("b", GgmlType.F32, 1).Read();

        Assert.Equal(128u, file.Alignment);
        Assert.Equal(128, file.Tensors[1].Offset);
        Assert.Equal(0, file.DataOffset % 128);
    }

    [Fact]
    public void Padding_after_the_last_tensor_may_be_missing()
    {
        var file = new GgufBuilder { CutBytes = 28 }.Weight("a", GgmlType.F32, 1).Read();

        Assert.Equal(file.Length, file.RequiredLength);
    }

    [Fact]
    public void Block_geometry_agrees_with_the_native_library()
    {
        // Bits for one weight, as llama.cpp publishes them: a slip in the table would show.
        var bits = new Dictionary<GgmlType, double>
        {
            [GgmlType.F32] = 32,
            [GgmlType.F16] = 16,
            [GgmlType.BF16] = 16,
            [GgmlType.F64] = 64,
            [GgmlType.I8] = 8,
            [GgmlType.I16] = 16,
            [GgmlType.I32] = 32,
            [GgmlType.I64] = 64,
            [GgmlType.Q4_0] = 4.5,
            [GgmlType.Q4_1] = 5,
            [GgmlType.Q5_0] = 5.5,
            [GgmlType.Q5_1] = 6,
            [GgmlType.Q8_0] = 8.5,
            [GgmlType.Q8_1] = 9,
            [GgmlType.Q2_K] = 2.625,
            [GgmlType.Q3_K] = 3.4375,
            [GgmlType.Q4_K] = 4.5,
            [GgmlType.Q5_K] = 5.5,
            [GgmlType.Q6_K] = 6.5625,
            [GgmlType.Q8_K] = 9.125,
            [GgmlType.IQ1_S] = 1.5625,
            [GgmlType.IQ1_M] = 1.75,
            [GgmlType.IQ2_XXS] = 2.0625,
            [GgmlType.IQ2_XS] = 2.3125,
            [GgmlType.IQ2_S] = 2.5625,
            [GgmlType.IQ3_XXS] = 3.0625,
            [GgmlType.IQ3_S] = 3.4375,
            [GgmlType.IQ4_NL] = 4.5,
            [GgmlType.IQ4_XS] = 4.25,
            [GgmlType.TQ1_0] = 1.6875,
            [GgmlType.TQ2_0] = 2.0625,
            [GgmlType.MXFP4] = 4.25,
            [GgmlType.NVFP4] = 4.5,
            [GgmlType.Q1_0] = 1.125,
            [GgmlType.Q2_0] = 2.25,
        };

        foreach (var type in Enum.GetValues<GgmlType>())
        {
            Assert.True(GgmlTypeTraits.TryGet(type, out var traits), type.ToString());
            Assert.Equal(bits[type], traits.BlockBytes * 8.0 / traits.BlockLength);
        }
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_refused()
    {
        using var stream = new MemoryStream();
        stream.Dispose();

        Assert.Throws<ArgumentException>(() => GgufFile.Read(stream));
        Assert.Throws<ArgumentNullException>(() => GgufFile.Read((Stream)null!));
        Assert.Throws<ArgumentException>(() => GgufFile.Read(" "));
    }
}
