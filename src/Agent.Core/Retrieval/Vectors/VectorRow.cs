namespace Agent.Core.Retrieval.Vectors;

/// <summary>The vector of a chunk, in its stored form: what was stored and what is searched are the same to the last bit.</summary>
/// <param name="Id">The chunk's id; 0 or more.</param>
/// <param name="Bytes">The vector as <see cref="VectorEncoding.Encode"/> gives it.</param>
public readonly record struct VectorRow(int Id, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Encodes a vector.</summary>
    /// <param name="id">The chunk's id; 0 or more.</param>
    /// <param name="vector">Any length but 0.</param>
    /// <exception cref="ArgumentException">The vector has no direction.</exception>
    public static VectorRow Of(int id, ReadOnlySpan<float> vector) => new(id, VectorEncoding.Encode(vector));
}
