using System.Text;

namespace Agent.Core.Gguf;

/// <summary>
/// Parses a header in one pass. It refuses everything that the native reader refuses, and what the native reader would
/// answer with an abort, an endless comparison or a huge allocation.
/// </summary>
internal sealed class GgufHeaderReader
{
    private const string DamagedFix = "The file is damaged: download the model again and compare its SHA-256 with the publisher's.";

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly GgufSource _source;
    private readonly GgufCursor _cursor;
    private long _stringBytes;

    private GgufHeaderReader(GgufSource source, GgufCursor cursor)
    {
        _source = source;
        _cursor = cursor;
    }

    public static GgufFile Read(GgufSource source)
    {
        using var cursor = new GgufCursor(source);
        return new GgufHeaderReader(source, cursor).Read();
    }

    private GgufFile Read()
    {
        ReadMagic();
        var version = ReadVersion();
        var tensorCount = ReadCount("tensors", GgufLimits.MaxTensors, GgufLimits.MinTensorInfoBytes);
        var metadataCount = ReadCount("metadata entries", GgufLimits.MaxMetadataEntries, GgufLimits.MinMetadataEntryBytes);
        var metadata = ReadMetadata(metadataCount);
        var alignment = ReadAlignment(metadata);
        var tensors = new GgufTensorTableReader(_cursor, alignment).Read(tensorCount, out var dataOffset, out var requiredLength);
        return new GgufFile(_source, version, alignment, metadata, tensors, dataOffset, requiredLength);
    }

    private void ReadMagic()
    {
        if (_cursor.Remaining < GgufMagic.Value.Length || !_cursor.Take(GgufMagic.Value.Length, "the magic").SequenceEqual(GgufMagic.Value))
        {
            using var probe = new GgufCursor(_source);
            throw GgufMagic.Explain(_source.Name, probe.Take((int)Math.Min(GgufMagic.ProbeBytes, _source.Length), "the magic"));
        }
    }

    private uint ReadVersion()
    {
        var at = _cursor.Position;
        var version = _cursor.ReadUInt32("the version");
        if ((version & 0xFFFF) == 0)
        {
            throw version == 0
                ? Fault(at, "the GGUF version is 0", DamagedFix)
                : Fault(at, "the numbers of the file are big-endian", "Download the little-endian build of the model, or convert it with gguf_convert_endian.py of llama.cpp.");
        }

        return version switch
        {
            2 or 3 => version,
            1 => throw Fault(at, "GGUF version 1 is no longer supported", "Download a current .gguf build of the model."),
            _ => throw Fault(at, $"GGUF version {version} is newer than the supported versions 2 and 3", "Update this program, or download a version 3 build of the model."),
        };
    }

    private int ReadCount(string of, int most, int leastBytes)
    {
        var at = _cursor.Position;
        var count = _cursor.ReadUInt64($"the number of {of}");
        if (count > (ulong)most)
        {
            throw Fault(at, $"the header declares {count} {of}; at most {most} are accepted", DamagedFix);
        }

        if ((long)count * leastBytes > _cursor.Remaining)
        {
            throw Fault(at, $"the header declares {count} {of}, more than the {_cursor.Remaining} bytes that follow can hold", DamagedFix);
        }

        return (int)count;
    }

    private Dictionary<string, GgufValue> ReadMetadata(int count)
    {
        var metadata = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var at = _cursor.Position;
            var key = ReadKey(i);
            var value = ReadValue(key);
            if (!metadata.TryAdd(key, value))
            {
                throw Fault(at, $"the metadata key {GgufText.Quote(key)} appears twice", DamagedFix);
            }
        }

        return metadata;
    }

    private string ReadKey(int index)
    {
        var what = $"the key of metadata entry {index}";
        var at = _cursor.Position;
        var length = _cursor.ReadUInt64(what);
        if (length is 0 or > GgufLimits.MaxKeyBytes)
        {
            throw Fault(at, $"{what} is {length} bytes long; keys have 1 to {GgufLimits.MaxKeyBytes}", DamagedFix);
        }

        CountText(at, length);
        var bytes = _cursor.Take((int)length, what);
        try
        {
            var key = s_strictUtf8.GetString(bytes);
            return key.Contains('\0', StringComparison.Ordinal)
                ? throw Fault(at, $"{what} holds a zero byte", DamagedFix)
                : key;
        }
        catch (DecoderFallbackException)
        {
            throw Fault(at, $"{what} is not UTF-8", DamagedFix);
        }
    }

    private GgufValue ReadValue(string key)
    {
        var at = _cursor.Position;
        var type = (GgufValueType)_cursor.ReadInt32(key);
        return type switch
        {
            GgufValueType.String => GgufValue.FromText(ReadText(key)),
            GgufValueType.Array => GgufValue.FromArray(ReadArray(key)),
            _ when type.FixedSize() > 0 => GgufScalarReader.Read(_cursor, type, key),
            _ => throw Fault(at, $"the metadata key {GgufText.Quote(key)} has the unknown type {(int)type}", DamagedFix),
        };
    }

    private string ReadText(string key)
    {
        var at = _cursor.Position;
        var length = _cursor.ReadUInt64(key);
        if (length > (ulong)_cursor.Remaining)
        {
            throw _cursor.Truncated($"the text of {GgufText.Quote(key)}, which is said to be {length} bytes long");
        }

        if (length > GgufLimits.MaxStringBytes)
        {
            throw Fault(at, $"the text of {GgufText.Quote(key)} is {length} bytes long; at most {GgufLimits.MaxStringBytes} are accepted", DamagedFix);
        }

        CountText(at, length);
        return Encoding.UTF8.GetString(_cursor.Take((int)length, key));
    }

    private void CountText(long at, ulong length)
    {
        _stringBytes += (long)length;
        if (_stringBytes > GgufLimits.MaxTotalStringBytes)
        {
            throw Fault(at, $"the keys and texts of the metadata are together longer than {GgufLimits.MaxTotalStringBytes} bytes", DamagedFix);
        }
    }

    private GgufArray ReadArray(string key)
    {
        var at = _cursor.Position;
        var type = (GgufValueType)_cursor.ReadInt32(key);
        if (type == GgufValueType.Array)
        {
            throw Fault(at, $"the metadata key {GgufText.Quote(key)} holds an array of arrays, which llama.cpp does not read", "Use a build of the model without that key.");
        }

        if (type != GgufValueType.String && type.FixedSize() == 0)
        {
            throw Fault(at, $"the array {GgufText.Quote(key)} has the unknown element type {(int)type}", DamagedFix);
        }

        at = _cursor.Position;
        var count = _cursor.ReadUInt64(key);
        var leastBytes = type == GgufValueType.String ? sizeof(ulong) : type.FixedSize();
        if (count > GgufLimits.MaxArrayElements || (long)count * leastBytes > _cursor.Remaining)
        {
            throw Fault(at, $"the array {GgufText.Quote(key)} declares {count} elements, more than the {_cursor.Remaining} bytes that follow can hold", DamagedFix);
        }

        var array = new GgufArray(_source, key, type, (int)count, _cursor.Position);
        if (type == GgufValueType.String)
        {
            SkipTexts(key, (int)count);
        }
        else
        {
            _cursor.Skip((long)count * leastBytes, key);
        }

        return array;
    }

    private void SkipTexts(string key, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var length = _cursor.ReadUInt64(key);
            if (length > (ulong)_cursor.Remaining)
            {
                throw _cursor.Truncated($"element {i} of {GgufText.Quote(key)}, which is said to be {length} bytes long");
            }

            _cursor.Skip((long)length, key);
        }
    }

    private uint ReadAlignment(Dictionary<string, GgufValue> metadata)
    {
        if (!metadata.TryGetValue(GgufKeys.Alignment, out var value))
        {
            return GgufLimits.DefaultAlignment;
        }

        if (value.Type != GgufValueType.UInt32 || !value.TryGetUInt32(out var alignment))
        {
            throw Fault(null, $"{GgufKeys.Alignment} must be of type u32 but is {value.Type.ShortName()}", DamagedFix);
        }

        return uint.IsPow2(alignment)
            ? alignment
            : throw Fault(null, $"{GgufKeys.Alignment} is {alignment}, which is not a power of two", DamagedFix);
    }

    private GgufFormatException Fault(long? at, string problem, string fix) => new(_source.Name, at, problem, fix);
}
