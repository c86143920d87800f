using System.Text;

namespace Agent.Core.Gguf;

/// <summary>
/// An array of the metadata. Only its place is kept; enumerating reads the file again, in one pass and with a small
/// buffer, so a vocabulary costs nothing until it is wanted. Thread-safe: every enumeration is its own pass.
/// </summary>
public sealed class GgufArray
{
    private readonly GgufSource _source;

    internal GgufArray(GgufSource source, string key, GgufValueType elementType, int count, long fileOffset)
    {
        _source = source;
        Key = key;
        ElementType = elementType;
        Count = count;
        FileOffset = fileOffset;
    }

    /// <summary>Its key in the metadata.</summary>
    public string Key { get; }

    /// <summary>Type of every element; never an array.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>Byte position of the first element in the file.</summary>
    public long FileOffset { get; }

    /// <summary>Reads the elements as texts; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="InvalidOperationException">The elements are not texts.</exception>
    /// <exception cref="GgufFormatException">The file has changed, or an element is longer than 32 MiB.</exception>
    public IEnumerable<string> EnumerateStrings()
    {
        Require(ElementType == GgufValueType.String, "texts");
        return Enumerate(static (cursor, _) => Encoding.UTF8.GetString(TakeString(cursor)));
    }

    /// <summary>Reads the elements as integers.</summary>
    /// <exception cref="InvalidOperationException">The elements are not integers.</exception>
    /// <exception cref="GgufFormatException">The file has changed, or an element is above <see cref="long.MaxValue"/>.</exception>
    public IEnumerable<long> EnumerateIntegers()
    {
        Require(ElementType.IsInteger(), "integers");
        return Enumerate(static (cursor, array) =>
            GgufScalarReader.Read(cursor, array.ElementType, array.Key).TryGetInt64(out var value)
                ? value
                : throw new GgufFormatException(cursor.Name, cursor.Position, $"an element of {GgufText.Quote(array.Key)} is too large", "Download the model again."));
    }

    /// <summary>Reads the elements as floats.</summary>
    /// <exception cref="InvalidOperationException">The elements are not floats.</exception>
    /// <exception cref="GgufFormatException">The file has changed.</exception>
    public IEnumerable<double> EnumerateNumbers()
    {
        Require(ElementType is GgufValueType.Float32 or GgufValueType.Float64, "floats");
        return Enumerate(static (cursor, array) =>
            GgufScalarReader.Read(cursor, array.ElementType, array.Key).TryGetDouble(out var value) ? value : double.NaN);
    }

    /// <summary>Reads the elements as truth values.</summary>
    /// <exception cref="InvalidOperationException">The elements are not truth values.</exception>
    /// <exception cref="GgufFormatException">The file has changed.</exception>
    public IEnumerable<bool> EnumerateBooleans()
    {
        Require(ElementType == GgufValueType.Boolean, "truth values");
        return Enumerate(static (cursor, array) => cursor.ReadByte(array.Key) != 0);
    }

    private static ReadOnlySpan<byte> TakeString(GgufCursor cursor)
    {
        var length = cursor.ReadUInt64("a text");
        if (length > GgufLimits.MaxStringBytes)
        {
            throw new GgufFormatException(
                cursor.Name, cursor.Position, $"a text of {length} bytes is longer than the {GgufLimits.MaxStringBytes} that are read", "Download the model again.");
        }

        return cursor.Take((int)length, "a text");
    }

    private void Require(bool holds, string wanted)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The elements of {GgufText.Quote(Key)} are {ElementType.ShortName()}, not {wanted}.");
        }
    }

    private IEnumerable<T> Enumerate<T>(Func<GgufCursor, GgufArray, T> read)
    {
        using var cursor = new GgufCursor(_source, FileOffset);
        for (var i = 0; i < Count; i++)
        {
            yield return read(cursor, this);
        }
    }
}
