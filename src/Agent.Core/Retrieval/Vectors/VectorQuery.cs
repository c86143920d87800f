using System.Numerics.Tensors;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>A query, exact and as 16-bit codes. Immutable.</summary>
internal sealed class VectorQuery
{
    // Covers what the roundings of an estimate in float32 add up to.
    private const float Rounding = 1e-6f;

    private readonly double[] _components;
    private readonly short[] _codes;

    /// <exception cref="ArgumentException">The query has no direction.</exception>
    public VectorQuery(ReadOnlySpan<float> query)
    {
        _components = new double[query.Length];
        TensorPrimitives.ConvertTruncating(query, _components);
        TensorPrimitives.Divide(_components, VectorEncoding.NormOf(_components), _components);

        // As large as a sum over all components allows: an int must hold it.
        var most = Math.Min(short.MaxValue, int.MaxValue / (VectorBlock.MostCode * query.Length));
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(_components));
        Scale = (float)(largest / most);
        _codes = new short[query.Length];
        var error = 0.0;
        for (var i = 0; i < _codes.Length; i++)
        {
            var code = Math.Clamp(Math.Round(_components[i] / Scale), -most, most);
            _codes[i] = (short)code;
            var difference = _components[i] - (Scale * code);
            error += difference * difference;
        }

        // A row as its codes stand for it is not longer than 2.
        Error = (2 * (float)Math.Sqrt(error)) + Rounding;
    }

    /// <summary>What one step of a code is worth.</summary>
    public float Scale { get; }

    /// <summary>The most by which the query's codes can move an estimate.</summary>
    public float Error { get; }

    public ReadOnlySpan<short> Codes => _codes;

    /// <summary>The cosine of the query and a row, in double precision.</summary>
    /// <param name="components">The row.</param>
    /// <param name="norm">Its length.</param>
    /// <param name="scratch">Room for the row's components.</param>
    public double CosineTo(ReadOnlySpan<float> components, double norm, VectorScratch scratch)
    {
        TensorPrimitives.ConvertTruncating(components, scratch.Doubles);
        return Math.Clamp(TensorPrimitives.Dot<double>(_components, scratch.Doubles) / norm, -1, 1);
    }
}
