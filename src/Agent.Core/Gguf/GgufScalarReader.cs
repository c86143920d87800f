namespace Agent.Core.Gguf;

/// <summary>Reads one value of fixed size.</summary>
internal static class GgufScalarReader
{
    public static GgufValue Read(GgufCursor cursor, GgufValueType type, string key) => type switch
    {
        GgufValueType.UInt8 => GgufValue.FromInteger(type, cursor.ReadByte(key)),
        GgufValueType.Int8 => GgufValue.FromInteger(type, unchecked((sbyte)cursor.ReadByte(key))),
        GgufValueType.UInt16 => GgufValue.FromInteger(type, cursor.ReadUInt16(key)),
        GgufValueType.Int16 => GgufValue.FromInteger(type, unchecked((short)cursor.ReadUInt16(key))),
        GgufValueType.UInt32 => GgufValue.FromInteger(type, cursor.ReadUInt32(key)),
        GgufValueType.Int32 => GgufValue.FromInteger(type, cursor.ReadInt32(key)),
        GgufValueType.UInt64 or GgufValueType.Int64 => GgufValue.FromInteger(type, unchecked((long)cursor.ReadUInt64(key))),
        GgufValueType.Float32 => GgufValue.FromNumber(type, BitConverter.UInt32BitsToSingle(cursor.ReadUInt32(key))),
        GgufValueType.Float64 => GgufValue.FromNumber(type, BitConverter.UInt64BitsToDouble(cursor.ReadUInt64(key))),
        GgufValueType.Boolean => GgufValue.FromBoolean(cursor.ReadByte(key) != 0),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Texts and arrays have no fixed size."),
    };
}
