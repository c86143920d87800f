using System.Globalization;

namespace Agent.Core.Gguf;

/// <summary>One value of the metadata. Immutable and thread-safe.</summary>
/// <remarks>The <c>TryGet</c> methods convert between integer widths and between float widths, never between kinds.</remarks>
public sealed class GgufValue
{
    private readonly ulong _integer;
    private readonly double _number;
    private readonly string? _text;
    private readonly GgufArray? _array;

    private GgufValue(GgufValueType type, ulong integer = 0, double number = 0, string? text = null, GgufArray? array = null)
    {
        Type = type;
        _integer = integer;
        _number = number;
        _text = text;
        _array = array;
    }

    /// <summary>Type in the file.</summary>
    public GgufValueType Type { get; }

    /// <summary>Reads an integer of any width.</summary>
    /// <returns>False if the value is not an integer or does not fit.</returns>
    public bool TryGetInt64(out long value)
    {
        value = unchecked((long)_integer);
        return Type.IsInteger() && !(Type == GgufValueType.UInt64 && value < 0);
    }

    /// <summary>Reads an integer of any width.</summary>
    /// <returns>False if the value is not an integer or does not fit.</returns>
    public bool TryGetUInt64(out ulong value)
    {
        value = _integer;
        return Type.IsInteger() && (Type == GgufValueType.UInt64 || unchecked((long)_integer) >= 0);
    }

    /// <summary>Reads an integer of any width.</summary>
    /// <returns>False if the value is not an integer or does not fit.</returns>
    public bool TryGetUInt32(out uint value)
    {
        var fits = TryGetUInt64(out var wide) && wide <= uint.MaxValue;
        value = fits ? (uint)wide : 0;
        return fits;
    }

    /// <summary>Reads a float of either width.</summary>
    /// <returns>False if the value is not a float.</returns>
    public bool TryGetDouble(out double value)
    {
        value = _number;
        return Type is GgufValueType.Float32 or GgufValueType.Float64;
    }

    /// <summary>Reads a truth value.</summary>
    /// <returns>False if the value is of another type.</returns>
    public bool TryGetBoolean(out bool value)
    {
        value = _integer != 0;
        return Type == GgufValueType.Boolean;
    }

    /// <summary>Reads a text; bytes that are not UTF-8 have become U+FFFD.</summary>
    /// <returns>False if the value is of another type.</returns>
    public bool TryGetString([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
    {
        value = _text;
        return value is not null;
    }

    /// <summary>Reads an array, whose elements stay in the file until asked for.</summary>
    /// <returns>False if the value is of another type.</returns>
    public bool TryGetArray([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GgufArray? value)
    {
        value = _array;
        return value is not null;
    }

    /// <summary>The value for display; texts are shortened, and arrays are described.</summary>
    public override string ToString() => Type switch
    {
        GgufValueType.String => GgufText.Quote(_text!),
        GgufValueType.Array => $"{_array!.Count} x {_array.ElementType.ShortName()}",
        GgufValueType.Boolean => _integer != 0 ? "true" : "false",
        GgufValueType.Float32 => ((float)_number).ToString(CultureInfo.InvariantCulture),
        GgufValueType.Float64 => _number.ToString(CultureInfo.InvariantCulture),
        GgufValueType.UInt64 => _integer.ToString(CultureInfo.InvariantCulture),
        _ => unchecked((long)_integer).ToString(CultureInfo.InvariantCulture),
    };

    internal static GgufValue FromInteger(GgufValueType type, long value) => new(type, integer: unchecked((ulong)value));

    internal static GgufValue FromNumber(GgufValueType type, double value) => new(type, number: value);

    internal static GgufValue FromBoolean(bool value) => new(GgufValueType.Boolean, integer: value ? 1UL : 0UL);

    internal static GgufValue FromText(string value) => new(GgufValueType.String, text: value);

    internal static GgufValue FromArray(GgufArray value) => new(GgufValueType.Array, array: value);
}
