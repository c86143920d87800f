using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Agent.Bench;

/// <summary>The same vectors in the forms that a scan could read, each scanned whole on one thread.</summary>
internal sealed class VectorScans
{
    private readonly int _rows;
    private readonly int _dimensions;
    private readonly float[] _singles;
    private readonly Half[] _halves;
    private readonly sbyte[] _codes;
    private readonly float[] _scales;

    /// <summary>Copies the vectors, whose length is 1.</summary>
    public VectorScans(float[][] rows)
    {
        (_rows, _dimensions) = (rows.Length, rows[0].Length);
        _singles = new float[_rows * _dimensions];
        _halves = new Half[_singles.Length];
        _codes = new sbyte[_singles.Length];
        _scales = new float[_rows];
        for (var row = 0; row < _rows; row++)
        {
            rows[row].CopyTo(_singles, row * _dimensions);
            TensorPrimitives.ConvertToHalf(rows[row], Part(_halves, row));
            _scales[row] = Encode(rows[row], Part(_codes, row));
        }
    }

    /// <summary>The scores of the float32 components, computed in double precision.</summary>
    public double[] Exact(float[] query)
    {
        var scores = new double[_rows];
        var wideQuery = new double[_dimensions];
        var components = new double[_dimensions];
        TensorPrimitives.ConvertTruncating<float, double>(query, wideQuery);
        for (var row = 0; row < _rows; row++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(Part(_singles, row), components);
            scores[row] = TensorPrimitives.Dot<double>(wideQuery, components);
        }

        return scores;
    }

    public float[] Singles(float[] query)
    {
        var scores = new float[_rows];
        for (var row = 0; row < _rows; row++)
        {
            scores[row] = TensorPrimitives.Dot(query, Part(_singles, row));
        }

        return scores;
    }

    public float[] Halves(float[] query)
    {
        var scores = new float[_rows];
        var components = new float[_dimensions];
        for (var row = 0; row < _rows; row++)
        {
            TensorPrimitives.ConvertToSingle(Part(_halves, row), components);
            scores[row] = TensorPrimitives.Dot<float>(query, components);
        }

        return scores;
    }

    public float[] Codes(float[] query)
    {
        var scores = new float[_rows];
        var codes = new sbyte[_dimensions];
        Encode(query, codes);
        for (var row = 0; row < _rows; row++)
        {
            scores[row] = Product(codes, Part(_codes, row)) * _scales[row];
        }

        return scores;
    }

    private static float Encode(float[] vector, Span<sbyte> codes)
    {
        var step = Math.Abs(TensorPrimitives.MaxMagnitude<float>(vector)) / sbyte.MaxValue;
        for (var i = 0; i < vector.Length; i++)
        {
            codes[i] = (sbyte)MathF.Round(vector[i] / step);
        }

        return step;
    }

    private static int Product(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        var left = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(a);
        var right = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(b);
        var sum = Vector<int>.Zero;
        for (var i = 0; i < left.Length; i++)
        {
            Vector.Widen(left[i], out var lowLeft, out var highLeft);
            Vector.Widen(right[i], out var lowRight, out var highRight);
            Vector.Widen(lowLeft * lowRight, out var first, out var second);
            Vector.Widen(highLeft * highRight, out var third, out var fourth);
            sum += first + second + third + fourth;
        }

        var total = Vector.Sum(sum);
        for (var i = left.Length * Vector<sbyte>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }

    private Span<T> Part<T>(T[] values, int row) => values.AsSpan(row * _dimensions, _dimensions);
}
