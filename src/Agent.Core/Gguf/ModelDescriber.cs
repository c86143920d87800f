using Agent.Core.Native;

namespace Agent.Core.Gguf;

/// <summary>Reads the keys of a model. A key that is there must be usable; a key that is not there is null.</summary>
internal sealed class ModelDescriber(GgufFile file)
{
    private const string RebuildFix = "Download another build of the model, or convert it again with a current llama.cpp.";

    private readonly string? _architecture = file.GetStringOrDefault(GgufKeys.Architecture);

    public ModelDescription Describe()
    {
        var files = file.Split is { } split ? split.ReadAll() : [file];
        var blocks = Number(GgufKeys.BlockCount);
        if (blocks is < 1 or > GgufLimits.MaxBlocks)
        {
            throw Fault($"{Key(GgufKeys.BlockCount)} is {blocks}; 1 to {GgufLimits.MaxBlocks} are possible");
        }

        var embedding = Number(GgufKeys.EmbeddingLength);
        var heads = Heads(GgufKeys.HeadCount, blocks);
        var headLength = embedding is { } width && heads is { Max: > 0 } ? width / FirstPositive(heads, blocks) : null;
        return new ModelDescription
        {
            Path = file.Path,
            Files = files,
            Architecture = Text(GgufKeys.Architecture),
            Name = Text(GgufKeys.Name),
            Quantization = Number(GgufKeys.FileType, isModelKey: false) is { } type
                ? QuantizationName.FromFileType((uint)type)
                : QuantizationName.FromTensors(files.SelectMany(part => part.Tensors)),
            ParameterCount = CountParameters(files),
            FileSize = files.Sum(part => part.Length),
            ContextLength = Number(GgufKeys.ContextLength),
            BlockCount = blocks,
            EmbeddingLength = embedding,
            HeadCount = heads,
            HeadCountKv = Heads(GgufKeys.HeadCountKv, blocks) ?? heads,
            KeyLength = Number(GgufKeys.KeyLength) ?? headLength,
            ValueLength = Number(GgufKeys.ValueLength) ?? headLength,
            VocabularySize = Vocabulary(),
            RopeScaling = Scaling(),
            ChatTemplate = Text(GgufKeys.ChatTemplate),
            TokenizerModel = Text(GgufKeys.TokenizerModel),
            TokenizerPre = Text(GgufKeys.TokenizerPre),
            EosTokenId = Number(GgufKeys.EndToken, isModelKey: false),
            Pooling = Pooling(),
        };
    }

    private static int? FirstPositive(PerBlockCount heads, int? blocks)
    {
        for (var i = 0; i < (blocks ?? 1); i++)
        {
            if (heads[i] > 0)
            {
                return heads[i];
            }
        }

        return null;
    }

    private long CountParameters(IReadOnlyList<GgufFile> files)
    {
        // Every tensor fits in its file at a bit or more an element, so the sum cannot overflow.
        var sum = files.Sum(part => part.Tensors.Sum(tensor => (decimal)tensor.ElementCount));
        return sum <= long.MaxValue ? (long)sum : throw Fault("the tensors together have more elements than can be counted");
    }

    private string Key(string key) => _architecture is null ? key : $"{_architecture}.{key}";

    private string? Text(string key)
    {
        if (!file.Metadata.TryGetValue(key, out var value))
        {
            return null;
        }

        return value.TryGetString(out var text) ? text : throw WrongType(key, value, GgufValueType.String);
    }

    private int? Number(string key, bool isModelKey = true)
    {
        var full = isModelKey ? Key(key) : key;
        if (!file.Metadata.TryGetValue(full, out var value))
        {
            return null;
        }

        // The native loader accepts exactly this type.
        if (value.Type != GgufValueType.UInt32 || !value.TryGetUInt32(out var number))
        {
            throw WrongType(full, value, GgufValueType.UInt32);
        }

        return number <= int.MaxValue ? (int)number : throw Fault($"{full} is {number}, which is out of range");
    }

    private PerBlockCount? Heads(string key, int? blocks)
    {
        var full = Key(key);
        if (!file.Metadata.TryGetValue(full, out var value))
        {
            return null;
        }

        if (!value.TryGetArray(out var array))
        {
            return Number(key) is { } everywhere ? new PerBlockCount(everywhere) : null;
        }

        if (array.ElementType is not (GgufValueType.UInt32 or GgufValueType.Int32))
        {
            throw Fault($"the elements of {full} must be u32 or i32 but are {array.ElementType.ShortName()}");
        }

        if (array.Count != blocks)
        {
            throw Fault($"{full} has {array.Count} elements, but the model has {blocks?.ToString() ?? "an unknown number of"} blocks");
        }

        var values = array.EnumerateIntegers().ToArray();
        return values.All(each => each is >= 0 and <= int.MaxValue)
            ? new PerBlockCount([.. values.Select(each => (int)each)])
            : throw Fault($"{full} holds a number of heads that is out of range");
    }

    private int? Vocabulary()
    {
        if (!file.Metadata.TryGetValue(GgufKeys.Tokens, out var value))
        {
            return Number(GgufKeys.VocabularySize);
        }

        return value.TryGetArray(out var array) && array.ElementType == GgufValueType.String
            ? array.Count
            : throw Fault($"{GgufKeys.Tokens} must be an array of texts");
    }

    private RopeScaling? Scaling()
    {
        var type = Text(Key(GgufKeys.RopeScalingType));
        var factor = Float(GgufKeys.RopeScalingFactor) ?? Float(GgufKeys.RopeScaleLinear);
        var original = Number(GgufKeys.RopeOriginalContext);
        return type is null && factor is null && original is null
            ? null
            : new RopeScaling(type ?? "linear", factor is null or 0 ? 1 : factor.Value, original);
    }

    private double? Float(string key)
    {
        if (!file.Metadata.TryGetValue(Key(key), out var value))
        {
            return null;
        }

        if (value.Type != GgufValueType.Float32 || !value.TryGetDouble(out var number))
        {
            throw WrongType(Key(key), value, GgufValueType.Float32);
        }

        return double.IsFinite(number) ? number : throw Fault($"{Key(key)} is {number}, which is not a number");
    }

    private PoolingType Pooling()
    {
        if (Number(GgufKeys.PoolingType) is not { } number)
        {
            return PoolingType.Unspecified;
        }

        return Enum.IsDefined((PoolingType)number)
            ? (PoolingType)number
            : throw Fault($"{Key(GgufKeys.PoolingType)} is {number}; 0 to 4 are known");
    }

    private GgufFormatException WrongType(string key, GgufValue value, GgufValueType wanted) =>
        Fault($"{GgufText.Quote(key)} must be of type {wanted.ShortName()} but is {value.Type.ShortName()}");

    private GgufFormatException Fault(string problem) => new(file.Path, null, problem, RebuildFix);
}
