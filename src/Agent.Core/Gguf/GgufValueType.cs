namespace Agent.Core.Gguf;

/// <summary>Type of a metadata value; the numbers are those of the file format.</summary>
public enum GgufValueType
{
    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 0,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 1,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16 = 2,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 3,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 4,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 5,

    /// <summary>IEEE 754, 32 bits.</summary>
    Float32 = 6,

    /// <summary>One byte; anything but zero is true.</summary>
    Boolean = 7,

    /// <summary>UTF-8 with a 64-bit length in front.</summary>
    String = 8,

    /// <summary>Elements of one type, which is not itself an array.</summary>
    Array = 9,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64 = 10,

    /// <summary>Signed, 64 bits.</summary>
    Int64 = 11,

    /// <summary>IEEE 754, 64 bits.</summary>
    Float64 = 12,
}
