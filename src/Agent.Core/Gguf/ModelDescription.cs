using Agent.Core.Native;

namespace Agent.Core.Gguf;

/// <summary>What a model file says about the model. Immutable and thread-safe.</summary>
/// <remarks>
/// Values that the file does not give are null; <see cref="EnsureCanGenerate"/> says which of them a model that generates
/// must have. Lengths are in tokens or elements, sizes in bytes.
/// </remarks>
public sealed record ModelDescription
{
    internal ModelDescription()
    {
    }

    /// <summary>The first file of the model.</summary>
    public required string Path { get; init; }

    /// <summary>All files of the model, in order; one, unless the model is split.</summary>
    public required IReadOnlyList<GgufFile> Files { get; init; }

    /// <summary>Architecture, for example <c>qwen2</c>.</summary>
    public required string? Architecture { get; init; }

    /// <summary>Name given by the publisher.</summary>
    public required string? Name { get; init; }

    /// <summary>Quantisation, for example <c>Q4_K_M</c>; null for a file without weights that names none.</summary>
    public required string? Quantization { get; init; }

    /// <summary>Elements of all tensors.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long FileSize { get; init; }

    /// <summary>Tokens of context that the model was trained for.</summary>
    public required int? ContextLength { get; init; }

    /// <summary>Transformer blocks.</summary>
    public required int? BlockCount { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int? EmbeddingLength { get; init; }

    /// <summary>Attention heads of each block.</summary>
    public required PerBlockCount? HeadCount { get; init; }

    /// <summary>Key and value heads of each block; the attention heads where the file gives no other number.</summary>
    public required PerBlockCount? HeadCountKv { get; init; }

    /// <summary>Length of a key of one head.</summary>
    public required int? KeyLength { get; init; }

    /// <summary>Length of a value of one head.</summary>
    public required int? ValueLength { get; init; }

    /// <summary>Number of token ids; null without a vocabulary.</summary>
    public required int? VocabularySize { get; init; }

    /// <summary>Stretching of positions; null where the file gives none.</summary>
    public required RopeScaling? RopeScaling { get; init; }

    /// <summary>The chat template (Jinja); null where the file holds none.</summary>
    public required string? ChatTemplate { get; init; }

    /// <summary>Kind of tokeniser, for example <c>gpt2</c> for byte-level BPE.</summary>
    public required string? TokenizerModel { get; init; }

    /// <summary>Name of the splitting rules of the tokeniser, for example <c>qwen2</c>.</summary>
    public required string? TokenizerPre { get; init; }

    /// <summary>The token that ends a text.</summary>
    public required int? EosTokenId { get; init; }

    /// <summary>How embeddings are pooled.</summary>
    public required PoolingType Pooling { get; init; }

    /// <summary>Whether the file holds weights; false for a vocabulary.</summary>
    public bool HasWeights => ParameterCount > 0;

    /// <summary>Describes a model, reading the other files of a split one.</summary>
    /// <exception cref="FileNotFoundException">Files of a split model are missing.</exception>
    /// <exception cref="GgufFormatException">A value is of the wrong type or out of range, or a file of a split model is not usable.</exception>
    public static ModelDescription From(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new ModelDescriber(file).Describe();
    }

    /// <summary>Bytes that one token takes in the KV cache.</summary>
    /// <param name="keyType">Element type of the keys, for example <see cref="GgmlType.F16"/> or <see cref="GgmlType.Q8_0"/>.</param>
    /// <param name="valueType">Element type of the values.</param>
    /// <remarks>
    /// Exact for full attention. Models that keep less (sliding windows, compressed keys, recurrent blocks) stay below it.
    /// </remarks>
    /// <exception cref="ArgumentException">The head length is not a multiple of the block of the type.</exception>
    /// <exception cref="GgufFormatException">The file does not give the shape of the attention.</exception>
    public long KvBytesPerToken(GgmlType keyType, GgmlType valueType)
    {
        if (BlockCount is not { } blocks || HeadCountKv is not { } heads || KeyLength is not { } keyLength || ValueLength is not { } valueLength)
        {
            throw new GgufFormatException(
                Path, null, "the header does not give the shape of the attention (block count, head count, embedding length)", "Use a complete build of the model.");
        }

        var perHead = RowBytes(keyType, keyLength, nameof(keyType)) + RowBytes(valueType, valueLength, nameof(valueType));
        return heads.Sum(blocks) * perHead;
    }

    /// <summary>Checks that the file holds a whole model that generates text, and nothing that would make native code abort.</summary>
    /// <exception cref="GgufFormatException">Something is missing or impossible; the message names the key.</exception>
    public void EnsureCanGenerate() => GenerationCheck.Run(this);

    /// <summary>Checks that the file holds a whole model that texts can be put through, and nothing that would make native code abort.</summary>
    /// <remarks>Models that generate pass, too: their last layer gives vectors.</remarks>
    /// <exception cref="GgufFormatException">Something is missing or impossible; the message names the key.</exception>
    public void EnsureCanEmbed() => GenerationCheck.Run(this, generates: false);

    private static long RowBytes(GgmlType type, int length, string parameter)
    {
        if (!GgmlTypeTraits.TryGet(type, out var traits))
        {
            throw new ArgumentException($"{type} is not an element type of ggml.", parameter);
        }

        return length % traits.BlockLength == 0
            ? (long)(length / traits.BlockLength) * traits.BlockBytes
            : throw new ArgumentException($"A KV cache of type {type} needs heads whose length is a multiple of {traits.BlockLength}; this model has {length}. Choose F16.", parameter);
    }
}
