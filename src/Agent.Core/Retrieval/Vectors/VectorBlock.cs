using System.Numerics.Tensors;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>
/// Rows in ascending order of id. Each is there twice: as the float32 that was stored, and as one byte for each component, which is what a search
/// reads. How far the bytes are from the truth is known for each row. Immutable once it is filled.
/// </summary>
internal sealed class VectorBlock
{
    /// <summary>The largest code of a row.</summary>
    public const int MostCode = sbyte.MaxValue;

    // Bytes that the searched part of a block takes: a few milliseconds of copying where blocks are merged.
    private const int PreferredBytes = 1 << 22;
    private const float Rounding = 2e-6f;

    private readonly int[] _ids;
    private readonly sbyte[] _codes;
    private readonly float[] _scales;
    private readonly float[] _errors;
    private readonly double[] _norms;
    private readonly float[] _components;

    private VectorBlock(int dimensions, int rows)
    {
        Dimensions = dimensions;
        _ids = new int[rows];
        _codes = new sbyte[rows * dimensions];
        _scales = new float[rows];
        _errors = new float[rows];
        _norms = new double[rows];
        _components = new float[rows * dimensions];
    }

    public int Dimensions { get; }

    public int RowCount => _ids.Length;

    public ReadOnlySpan<int> Ids => _ids;

    public ReadOnlySpan<sbyte> Codes => _codes;

    /// <summary>What one step of a row's codes is worth.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>The most by which a row's codes can move an estimate.</summary>
    public ReadOnlySpan<float> Errors => _errors;

    /// <summary>The most rows that a block should have.</summary>
    public static int PreferredRows(int dimensions) => Math.Max(PreferredBytes / dimensions, 64);

    /// <summary>Makes a block of rows in ascending order of id.</summary>
    /// <exception cref="ArgumentException">A vector has another size, or no direction.</exception>
    public static VectorBlock Of(int dimensions, ReadOnlySpan<VectorRow> rows)
    {
        var block = new VectorBlock(dimensions, rows.Length);
        var scratch = new VectorScratch(dimensions);
        for (var row = 0; row < rows.Length; row++)
        {
            block._ids[row] = rows[row].Id;
            block.Fill(row, rows[row], scratch);
        }

        return block;
    }

    /// <summary>Makes a block of rows of others, in ascending order of id.</summary>
    public static VectorBlock Of(int dimensions, ReadOnlySpan<(VectorBlock Block, int Row)> rows)
    {
        var block = new VectorBlock(dimensions, rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            var (source, from) = rows[row];
            block._ids[row] = source._ids[from];
            block._scales[row] = source._scales[from];
            block._errors[row] = source._errors[from];
            block._norms[row] = source._norms[from];
            source._codes.AsSpan(from * dimensions, dimensions).CopyTo(block._codes.AsSpan(row * dimensions));
            source.ComponentsOf(from).CopyTo(block._components.AsSpan(row * dimensions));
        }

        return block;
    }

    /// <summary>The row of an id; negative if the block has none.</summary>
    public int RowOf(int id) => Array.BinarySearch(_ids, id);

    public double CosineOf(int row, VectorQuery query, VectorScratch scratch) => query.CosineTo(ComponentsOf(row), _norms[row], scratch);

    private ReadOnlySpan<float> ComponentsOf(int row) => _components.AsSpan(row * Dimensions, Dimensions);

    private void Fill(int row, VectorRow source, VectorScratch scratch)
    {
        if (source.Bytes.Length != VectorEncoding.ByteCount(Dimensions))
        {
            throw new ArgumentException($"The vector of {source.Id} has {source.Bytes.Length} bytes, and {Dimensions} components take {VectorEncoding.ByteCount(Dimensions)}. Embed the texts again with the model of this collection.");
        }

        var components = _components.AsSpan(row * Dimensions, Dimensions);
        VectorEncoding.CopyTo(source.Bytes.Span, components);
        TensorPrimitives.ConvertTruncating<float, double>(components, scratch.Doubles);
        try
        {
            _norms[row] = VectorEncoding.NormOf(scratch.Doubles);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The vector of {source.Id} cannot be used. {e.Message}", e);
        }

        if (_norms[row] is < 0.5 or > 2)
        {
            throw new ArgumentException($"The vector of {source.Id} is of length {_norms[row]:G3}, and stored ones are of length 1. Embed the text again.");
        }

        var step = Math.Abs(TensorPrimitives.MaxMagnitude<float>(components)) / MostCode;
        TensorPrimitives.Divide(components, step, scratch.Singles);
        TensorPrimitives.Round<float>(scratch.Singles, scratch.Singles);
        TensorPrimitives.ConvertSaturating<float, sbyte>(scratch.Singles, _codes.AsSpan(row * Dimensions, Dimensions));
        TensorPrimitives.Multiply(scratch.Singles, step, scratch.Singles);
        TensorPrimitives.Subtract(components, scratch.Singles, scratch.Singles);
        _scales[row] = (float)(step / _norms[row]);
        _errors[row] = (float)(TensorPrimitives.Norm<float>(scratch.Singles) / _norms[row]) + Rounding;
    }
}
