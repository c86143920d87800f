using System.Runtime.InteropServices;
using System.Text;
using Agent.Core.Gguf;

namespace Agent.Core.Tests.Gguf;

/// <summary>Writes GGUF files in memory, valid by default; every field can be overridden to be wrong.</summary>
internal sealed class GgufBuilder
{
    private readonly List<Action<BinaryWriter>> _metadata = [];
    private readonly List<Tensor> _tensors = [];
    private ulong _dataBytes;

    public byte[] Magic { get; set; } = "GGUF"u8.ToArray();

    public uint Version { get; set; } = 3;

    public ulong? MetadataCount { get; set; }

    public ulong? TensorCount { get; set; }

    public uint Alignment { get; set; } = 32;

    /// <summary>Bytes left off the end.</summary>
    public int CutBytes { get; set; }

    /// <summary>The metadata of a small model that passes every check.</summary>
    public static GgufBuilder Model(string architecture = "qwen2", params string[] except)
    {
        var builder = new GgufBuilder();
        void Add(string key, Action<string> add)
        {
            if (!except.Contains(key, StringComparer.Ordinal))
            {
                add(key);
            }
        }

        Add("general.architecture", key => builder.Text(key, architecture));
        Add("general.name", key => builder.Text(key, "Test model"));
        Add("general.file_type", key => builder.UInt32(key, 15));
        Add($"{architecture}.block_count", key => builder.UInt32(key, 28));
        Add($"{architecture}.context_length", key => builder.UInt32(key, 32768));
        Add($"{architecture}.embedding_length", key => builder.UInt32(key, 3584));
        Add($"{architecture}.attention.head_count", key => builder.UInt32(key, 28));
        Add($"{architecture}.attention.head_count_kv", key => builder.UInt32(key, 4));
        Add("tokenizer.ggml.model", key => builder.Text(key, "gpt2"));
        Add("tokenizer.ggml.pre", key => builder.Text(key, "qwen2"));
        Add("tokenizer.ggml.tokens", key => builder.Texts(key, "a", "b", "<|im_end|>"));
        Add("tokenizer.ggml.eos_token_id", key => builder.UInt32(key, 2));
        Add("tensors", _ => builder.Weight("token_embd.weight", GgmlType.F32, 4, 3));
        return builder;
    }

    public GgufBuilder UInt32(string key, uint value) => Value(key, GgufValueType.UInt32, writer => writer.Write(value));

    public GgufBuilder UInt16(string key, ushort value) => Value(key, GgufValueType.UInt16, writer => writer.Write(value));

    public GgufBuilder Float32(string key, float value) => Value(key, GgufValueType.Float32, writer => writer.Write(value));

    public GgufBuilder Boolean(string key, bool value) => Value(key, GgufValueType.Boolean, writer => writer.Write(value));

    public GgufBuilder Text(string key, string value) => Value(key, GgufValueType.String, writer => WriteText(writer, value));

    public GgufBuilder Texts(string key, params string[] values) => Value(key, GgufValueType.Array, writer =>
    {
        writer.Write((int)GgufValueType.String);
        writer.Write((ulong)values.Length);
        foreach (var value in values)
        {
            WriteText(writer, value);
        }
    });

    public GgufBuilder UInt32s(string key, params uint[] values) => Value(key, GgufValueType.Array, writer =>
    {
        writer.Write((int)GgufValueType.UInt32);
        writer.Write((ulong)values.Length);
        foreach (var value in values)
        {
            writer.Write(value);
        }
    });

    public GgufBuilder Value(string key, GgufValueType type, Action<BinaryWriter> write) => Value(Encoding.UTF8.GetBytes(key), type, write);

    public GgufBuilder Value(byte[] key, GgufValueType type, Action<BinaryWriter> write)
    {
        _metadata.Add(writer =>
        {
            writer.Write((ulong)key.Length);
            writer.Write(key);
            writer.Write((int)type);
            write(writer);
        });
        return this;
    }

    /// <summary>Adds a tensor, its data following those before it.</summary>
    public GgufBuilder Weight(string name, GgmlType type, params long[] dimensions)
    {
        GgmlTypeTraits.TryGet(type, out var traits);
        var elements = dimensions.Aggregate(1L, (product, dimension) => product * dimension);
        var bytes = (ulong)(elements / traits.BlockLength * traits.BlockBytes);
        return Weight(name, (int)type, dimensions, offset: null, bytes);
    }

    /// <summary>Adds a tensor of 32-bit floats with these values.</summary>
    public GgufBuilder Weight(string name, float[] values, params long[] dimensions) =>
        Weight(name, (int)GgmlType.F32, dimensions, offset: null, (ulong)(4 * values.Length), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Adds a tensor whose entry may be wrong.</summary>
    public GgufBuilder Weight(string name, int type, long[] dimensions, ulong? offset, ulong dataBytes, byte[]? data = null)
    {
        _tensors.Add(new Tensor(Encoding.UTF8.GetBytes(name), type, dimensions, offset ?? _dataBytes, data ?? []));
        _dataBytes += (dataBytes + Alignment - 1) / Alignment * Alignment;
        return this;
    }

    public byte[] Build()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(MetadataCount ?? (ulong)_metadata.Count);
        _metadata.ForEach(write => write(writer));
        foreach (var tensor in _tensors)
        {
            writer.Write((ulong)tensor.Name.Length);
            writer.Write(tensor.Name);
            writer.Write((uint)tensor.Dimensions.Length);
            foreach (var dimension in tensor.Dimensions)
            {
                writer.Write(dimension);
            }

            writer.Write(tensor.Type);
            writer.Write(tensor.Offset);
        }

        if (_tensors.Count > 0)
        {
            while (stream.Position % Alignment != 0)
            {
                writer.Write((byte)0);
            }

            var data = new byte[_dataBytes];
            foreach (var tensor in _tensors.Where(tensor => tensor.Data.Length > 0))
            {
                tensor.Data.CopyTo(data.AsSpan((int)tensor.Offset));
            }

            writer.Write(data);
        }

        return stream.ToArray()[..^CutBytes];
    }

    public GgufFile Read() => GgufFile.Read(new MemoryStream(Build()), "test.gguf");

    public ModelDescription Describe() => ModelDescription.From(Read());

    private static void WriteText(BinaryWriter writer, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private sealed record Tensor(byte[] Name, int Type, long[] Dimensions, ulong Offset, byte[] Data);
}
