using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>The scalar product of a row's 8-bit codes and a query's 16-bit ones, the same on every processor.</summary>
/// <remarks>The caller sees to it that the sum of the products' magnitudes fits 31 bits.</remarks>
internal static class CodeProduct
{
    public static int Of(ReadOnlySpan<short> query, ReadOnlySpan<sbyte> codes) =>
        Avx512BW.IsSupported ? OfAvx512(query, codes)
        : Avx2.IsSupported ? OfAvx2(query, codes)
        : OfVector(query, codes);

    internal static int OfAvx512(ReadOnlySpan<short> query, ReadOnlySpan<sbyte> codes)
    {
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var c = ref MemoryMarshal.GetReference(codes);
        var (first, second) = (Vector512<int>.Zero, Vector512<int>.Zero);
        var length = Math.Min(query.Length, codes.Length);
        var i = 0;
        for (; i <= length - 64; i += 64)
        {
            first += Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(ref q, (nuint)i), Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref c, (nuint)i)));
            second += Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(ref q, (nuint)i + 32), Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref c, (nuint)i + 32)));
        }

        return Vector512.Sum(first + second) + OfScalars(query[i..length], codes[i..length]);
    }

    internal static int OfAvx2(ReadOnlySpan<short> query, ReadOnlySpan<sbyte> codes)
    {
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var c = ref MemoryMarshal.GetReference(codes);
        var (first, second) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var length = Math.Min(query.Length, codes.Length);
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            first += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref q, (nuint)i), Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref c, (nuint)i)));
            second += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref q, (nuint)i + 16), Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref c, (nuint)i + 16)));
        }

        return Vector256.Sum(first + second) + OfScalars(query[i..length], codes[i..length]);
    }

    internal static int OfVector(ReadOnlySpan<short> query, ReadOnlySpan<sbyte> codes)
    {
        var sum = Vector<int>.Zero;
        var length = Math.Min(query.Length, codes.Length);
        var i = 0;
        for (; i <= length - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
        {
            Vector.Widen(new Vector<sbyte>(codes[i..]), out var lowCodes, out var highCodes);
            sum += Products(new Vector<short>(query[i..]), lowCodes) + Products(new Vector<short>(query[(i + Vector<short>.Count)..]), highCodes);
        }

        return Vector.Sum(sum) + OfScalars(query[i..length], codes[i..length]);
    }

    private static Vector<int> Products(Vector<short> query, Vector<short> codes)
    {
        Vector.Widen(query, out var lowQuery, out var highQuery);
        Vector.Widen(codes, out var lowCodes, out var highCodes);
        return (lowQuery * lowCodes) + (highQuery * highCodes);
    }

    private static int OfScalars(ReadOnlySpan<short> query, ReadOnlySpan<sbyte> codes)
    {
        var sum = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            sum += query[i] * codes[i];
        }

        return sum;
    }
}
