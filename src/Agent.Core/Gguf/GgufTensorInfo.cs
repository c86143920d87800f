namespace Agent.Core.Gguf;

/// <summary>One tensor of a model file, as its header declares it.</summary>
/// <param name="Name">Its name, 1 to 63 bytes of UTF-8.</param>
/// <param name="Dimensions">Elements along each dimension, fastest first; 1 to 4 of them, each at least 1.</param>
/// <param name="Type">Element type.</param>
/// <param name="Offset">Bytes from the start of the data section (<see cref="GgufFile.DataOffset"/>).</param>
/// <param name="ElementCount">Product of the dimensions.</param>
/// <param name="ByteSize">Bytes of its data, without padding.</param>
public sealed record GgufTensorInfo(
    string Name,
    IReadOnlyList<long> Dimensions,
    GgmlType Type,
    long Offset,
    long ElementCount,
    long ByteSize);
