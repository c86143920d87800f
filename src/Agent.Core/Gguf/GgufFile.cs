using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace Agent.Core.Gguf;

/// <summary>
/// The checked header of a GGUF file: what native code may be given. Immutable and thread-safe; it holds no file open.
/// </summary>
/// <remarks>
/// Reading refuses what llama.cpp v0.5.0 refuses, and also what would make it abort, hang or allocate without bound. It
/// reads the header only, never the weights: a vocabulary of 152,000 tokens takes milliseconds.
/// </remarks>
public sealed class GgufFile
{
    private readonly GgufSource _source;

    internal GgufFile(
        GgufSource source,
        uint version,
        uint alignment,
        Dictionary<string, GgufValue> metadata,
        IReadOnlyList<GgufTensorInfo> tensors,
        long dataOffset,
        long requiredLength)
    {
        _source = source;
        Version = version;
        Alignment = alignment;
        Metadata = new ReadOnlyDictionary<string, GgufValue>(metadata);
        Tensors = tensors;
        DataOffset = dataOffset;
        RequiredLength = requiredLength;
        Split = GgufSplit.From(this);
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path => _source.Name;

    /// <summary>Bytes of the file.</summary>
    public long Length => _source.Length;

    /// <summary>Version of the format: 2 or 3.</summary>
    public uint Version { get; }

    /// <summary>Alignment of tensor data in bytes, a power of two.</summary>
    /// <value>32 unless the file says otherwise.</value>
    public uint Alignment { get; }

    /// <summary>The metadata, in the order of the file.</summary>
    public IReadOnlyDictionary<string, GgufValue> Metadata { get; }

    /// <summary>The tensors, in the order of the file; empty for a vocabulary.</summary>
    public IReadOnlyList<GgufTensorInfo> Tensors { get; }

    /// <summary>Byte position at which tensor data starts.</summary>
    public long DataOffset { get; }

    /// <summary>Bytes that the header asks for; <see cref="Length"/> is never less.</summary>
    public long RequiredLength { get; }

    /// <summary>The place of this file in a model of several files; null for a model in one file.</summary>
    public GgufSplit? Split { get; }

    /// <summary>Reads and checks the header of a file.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="GgufFormatException">It is not a GGUF file that can be loaded.</exception>
    public static GgufFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return GgufHeaderReader.Read(GgufFileSource.Locate(path));
    }

    /// <summary>Reads and checks a header from a stream.</summary>
    /// <param name="stream">A readable and seekable stream; it stays the caller's, and open while arrays are enumerated.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek.</exception>
    /// <exception cref="GgufFormatException">It is not a GGUF file that can be loaded.</exception>
    public static GgufFile Read(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!stream.CanRead || !stream.CanSeek)
        {
            throw new ArgumentException("The stream must be readable and seekable.", nameof(stream));
        }

        return stream.Length == 0
            ? throw new GgufFormatException(name, 0, "the file is empty", "Download the model again; the first attempt wrote nothing.")
            : GgufHeaderReader.Read(new GgufStreamSource(name, stream));
    }

    /// <summary>Reads a text of the metadata.</summary>
    /// <returns>False if the key is absent or of another type.</returns>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        value = null;
        return Metadata.TryGetValue(key, out var entry) && entry.TryGetString(out value);
    }

    /// <summary>Reads an integer of the metadata, of any width.</summary>
    /// <returns>False if the key is absent, of another type, or does not fit.</returns>
    public bool TryGetUInt32(string key, out uint value)
    {
        value = 0;
        return Metadata.TryGetValue(key, out var entry) && entry.TryGetUInt32(out value);
    }

    /// <summary>Reads an integer of the metadata, of any width.</summary>
    /// <returns>False if the key is absent, of another type, or does not fit.</returns>
    public bool TryGetInt64(string key, out long value)
    {
        value = 0;
        return Metadata.TryGetValue(key, out var entry) && entry.TryGetInt64(out value);
    }

    /// <summary>Reads a float of the metadata, of either width.</summary>
    /// <returns>False if the key is absent or of another type.</returns>
    public bool TryGetDouble(string key, out double value)
    {
        value = 0;
        return Metadata.TryGetValue(key, out var entry) && entry.TryGetDouble(out value);
    }

    /// <summary>Reads a truth value of the metadata.</summary>
    /// <returns>False if the key is absent or of another type.</returns>
    public bool TryGetBoolean(string key, out bool value)
    {
        value = false;
        return Metadata.TryGetValue(key, out var entry) && entry.TryGetBoolean(out value);
    }

    /// <summary>Finds an array of the metadata; its elements stay in the file until enumerated.</summary>
    /// <returns>False if the key is absent or of another type.</returns>
    public bool TryGetArray(string key, [NotNullWhen(true)] out GgufArray? value)
    {
        value = null;
        return Metadata.TryGetValue(key, out var entry) && entry.TryGetArray(out value);
    }

    /// <summary>Reads an integer of the metadata, or takes the default if it is absent, of another type, or does not fit.</summary>
    public uint GetUInt32OrDefault(string key, uint defaultValue = 0) => TryGetUInt32(key, out var value) ? value : defaultValue;

    /// <summary>Reads a text of the metadata, or takes the default if it is absent or of another type.</summary>
    [return: NotNullIfNotNull(nameof(defaultValue))]
    public string? GetStringOrDefault(string key, string? defaultValue = null) => TryGetString(key, out var value) ? value : defaultValue;

    /// <summary>Reads a truth value of the metadata, or takes the default if it is absent or of another type.</summary>
    public bool GetBooleanOrDefault(string key, bool defaultValue = false) => TryGetBoolean(key, out var value) ? value : defaultValue;
}
