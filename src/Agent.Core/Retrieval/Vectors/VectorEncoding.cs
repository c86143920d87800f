using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>
/// The stored form of a vector: its direction, scaled to length 1, one little-endian float32 for each component. Float16 would take half the bytes,
/// but moves cosines by about 0.00001, which is enough to change the ten best among vectors that lie close together.
/// </summary>
public static class VectorEncoding
{
    /// <summary>The most components of a vector.</summary>
    public const int MaxDimensions = 16_384;

    /// <summary>Bytes of a vector.</summary>
    /// <param name="dimensions">Its components.</param>
    public static int ByteCount(int dimensions) => dimensions * sizeof(float);

    /// <summary>Gives the stored form of a vector.</summary>
    /// <param name="vector">Any length but 0; it need not be normalised.</param>
    /// <exception cref="ArgumentException">A component is not a number, all are 0, there are none, or more than <see cref="MaxDimensions"/>.</exception>
    public static byte[] Encode(ReadOnlySpan<float> vector)
    {
        var components = new double[vector.Length];
        TensorPrimitives.ConvertTruncating(vector, components);
        TensorPrimitives.Divide(components, NormOf(components), components);
        var singles = new float[vector.Length];
        TensorPrimitives.ConvertTruncating<double, float>(components, singles);
        var bytes = MemoryMarshal.AsBytes(singles.AsSpan()).ToArray();
        Reorder(bytes);
        return bytes;
    }

    /// <summary>Gives the components of a stored vector.</summary>
    /// <param name="bytes">The stored form.</param>
    /// <exception cref="ArgumentException">The bytes are not of a vector: none, too many, or not four for each component.</exception>
    public static float[] Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(float) != 0 || bytes.Length / sizeof(float) is < 1 or > MaxDimensions)
        {
            throw new ArgumentException($"{bytes.Length} bytes are not a stored vector, which has {sizeof(float)} for each of 1 to {MaxDimensions} components. Embed the text again.", nameof(bytes));
        }

        var vector = new float[bytes.Length / sizeof(float)];
        CopyTo(bytes, vector);
        return vector;
    }

    /// <summary>Reads the components of a stored vector of the right size.</summary>
    internal static void CopyTo(ReadOnlySpan<byte> bytes, Span<float> components)
    {
        var target = MemoryMarshal.AsBytes(components);
        bytes.CopyTo(target);
        Reorder(target);
    }

    /// <summary>The Euclidean length of a vector that has a direction.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    internal static double NormOf(ReadOnlySpan<double> components)
    {
        if (components.Length is < 1 or > MaxDimensions)
        {
            throw new ArgumentException($"A vector has 1 to {MaxDimensions} components; this one has {components.Length}.");
        }

        var squares = TensorPrimitives.SumOfSquares(components);
        return squares > 0 && double.IsFinite(squares)
            ? Math.Sqrt(squares)
            : throw new ArgumentException(squares == 0
                ? "Every component of the vector is 0, so it has no direction. Check what the embedding model gave for the text."
                : "A component of the vector is not a finite number. Check what the embedding model gave for the text.");
    }

    private static void Reorder(Span<byte> bytes)
    {
        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, uint>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }
}
