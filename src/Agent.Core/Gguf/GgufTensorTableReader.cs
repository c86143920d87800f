using System.Text;

namespace Agent.Core.Gguf;

/// <summary>Parses the tensor table and checks that the data it promises lies in the file, in order and without gaps.</summary>
internal sealed class GgufTensorTableReader(GgufCursor cursor, uint alignment)
{
    private const string DamagedFix = "The file is damaged: download the model again and compare its SHA-256 with the publisher's.";

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="count">Tensors declared.</param>
    /// <param name="dataOffset">Where the tensor data starts.</param>
    /// <param name="requiredLength">Bytes that the file must have.</param>
    public IReadOnlyList<GgufTensorInfo> Read(int count, out long dataOffset, out long requiredLength)
    {
        var tensors = new List<GgufTensorInfo>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var expectedOffset = 0L;
        for (var i = 0; i < count; i++)
        {
            var at = cursor.Position;
            var tensor = ReadTensor(i, expectedOffset);
            if (!names.Add(tensor.Name))
            {
                throw Fault(at, $"the tensor name {GgufText.Quote(tensor.Name)} appears twice", DamagedFix);
            }

            tensors.Add(tensor);
            expectedOffset = Pad(tensor.Offset + (Int128)tensor.ByteSize, tensor.Name);
        }

        // A header without tensors (a vocabulary) ends where its last entry ends; only data is aligned.
        var end = cursor.Position;
        dataOffset = count == 0 ? end : Pad(end, name: null);
        requiredLength = count == 0 ? end : EndOfData(dataOffset, tensors[^1]);
        if (requiredLength > end + cursor.Remaining)
        {
            var actual = end + cursor.Remaining;
            throw Fault(
                null,
                $"the file is incomplete: its header asks for {requiredLength} bytes, but it has {actual} ({requiredLength - actual} are missing)",
                "The download was cut off: resume it or download the model again.");
        }

        return tensors.AsReadOnly();
    }

    private GgufTensorInfo ReadTensor(int index, long expectedOffset)
    {
        var name = ReadName(index);
        var what = $"the entry of tensor {GgufText.Quote(name)}";
        var dimensions = ReadDimensions(name, what);
        var type = ReadType(name, what, out var traits);
        if (dimensions[0] % traits.BlockLength != 0)
        {
            throw Fault(cursor.Position, $"tensor {GgufText.Quote(name)} of type {type} has rows of {dimensions[0]} elements, not a multiple of its block of {traits.BlockLength}", DamagedFix);
        }

        var elements = CountElements(name, dimensions);
        var bytes = (Int128)(elements / traits.BlockLength) * traits.BlockBytes;
        if (bytes > long.MaxValue)
        {
            throw Fault(cursor.Position, $"tensor {GgufText.Quote(name)} of shape {Shape(dimensions)} is larger than any file", DamagedFix);
        }

        var at = cursor.Position;
        var offset = cursor.ReadUInt64(what);
        if (offset != (ulong)expectedOffset)
        {
            throw Fault(at, $"the data of tensor {GgufText.Quote(name)} is said to start at {offset}, but must start at {expectedOffset}, after the tensor before it and aligned to {alignment}", DamagedFix);
        }

        return new GgufTensorInfo(name, dimensions, type, expectedOffset, elements, (long)bytes);
    }

    private string ReadName(int index)
    {
        var what = $"the name of tensor {index}";
        var at = cursor.Position;
        var length = cursor.ReadUInt64(what);
        if (length is 0 or > GgufLimits.MaxTensorNameBytes)
        {
            throw Fault(at, $"{what} is {length} bytes long; names have 1 to {GgufLimits.MaxTensorNameBytes}", DamagedFix);
        }

        try
        {
            var name = s_strictUtf8.GetString(cursor.Take((int)length, what));
            return name.Contains('\0', StringComparison.Ordinal)
                ? throw Fault(at, $"{what} holds a zero byte", DamagedFix)
                : name;
        }
        catch (DecoderFallbackException)
        {
            throw Fault(at, $"{what} is not UTF-8", DamagedFix);
        }
    }

    private long[] ReadDimensions(string name, string what)
    {
        var at = cursor.Position;
        var count = cursor.ReadUInt32(what);
        if (count is 0 or > GgufLimits.MaxDimensions)
        {
            throw Fault(at, $"tensor {GgufText.Quote(name)} has {count} dimensions; 1 to {GgufLimits.MaxDimensions} are possible", DamagedFix);
        }

        var dimensions = new long[count];
        for (var i = 0; i < dimensions.Length; i++)
        {
            at = cursor.Position;
            dimensions[i] = unchecked((long)cursor.ReadUInt64(what));
            if (dimensions[i] <= 0)
            {
                throw Fault(at, $"tensor {GgufText.Quote(name)} has {dimensions[i]} elements along dimension {i}; at least 1 is needed", DamagedFix);
            }
        }

        return dimensions;
    }

    private GgmlType ReadType(string name, string what, out GgmlTypeTraits traits)
    {
        var at = cursor.Position;
        var number = cursor.ReadInt32(what);
        var type = (GgmlType)number;
        if (GgmlTypeTraits.TryGet(type, out traits))
        {
            return type;
        }

        throw GgmlTypeTraits.ReplacementOfRemoved(number) is { } replacement
            ? Fault(at, $"tensor {GgufText.Quote(name)} has type {number}, which llama.cpp has removed", $"Use a {replacement} build of the model.")
            : Fault(
                at,
                $"tensor {GgufText.Quote(name)} has the unknown type {number}; known types are below {GgmlTypeTraits.TypeCount}",
                "The file is damaged, or made for a newer llama.cpp: download it again, or take a build in a common type such as Q4_K_M.");
    }

    private long CountElements(string name, long[] dimensions)
    {
        Int128 elements = 1;
        foreach (var dimension in dimensions)
        {
            elements *= dimension;
            if (elements >= long.MaxValue)
            {
                throw Fault(cursor.Position, $"tensor {GgufText.Quote(name)} of shape {Shape(dimensions)} has more elements than can be counted", DamagedFix);
            }
        }

        return (long)elements;
    }

    private long Pad(Int128 value, string? name)
    {
        var padded = (value + alignment - 1) / alignment * alignment;
        return padded <= long.MaxValue
            ? (long)padded
            : throw Fault(cursor.Position, name is null ? "the data section starts beyond any file" : $"the data up to tensor {GgufText.Quote(name)} is larger than any file", DamagedFix);
    }

    private long EndOfData(long dataOffset, GgufTensorInfo last)
    {
        var end = (Int128)dataOffset + last.Offset + last.ByteSize;
        return end <= long.MaxValue ? (long)end : throw Fault(null, "the data section is larger than any file", DamagedFix);
    }

    private static string Shape(long[] dimensions) => $"({string.Join(", ", dimensions)})";

    private GgufFormatException Fault(long? at, string problem, string fix) => new(cursor.Name, at, problem, fix);
}
