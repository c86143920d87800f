namespace Agent.Core.Gguf;

/// <summary>The place of a file in a model that is spread over several files. Immutable and thread-safe.</summary>
public sealed class GgufSplit
{
    private const string RenameFix = "Give every file the name it was published with, all in one folder.";

    private readonly GgufFile _file;

    private GgufSplit(GgufFile file, int index, int count)
    {
        _file = file;
        Index = index;
        Count = count;
    }

    /// <summary>Number of this file, from 0; the model is loaded from number 0.</summary>
    public int Index { get; }

    /// <summary>Number of files, at least 2.</summary>
    public int Count { get; }

    /// <summary>Lists the paths of all files of the model, in order, after their common name (<c>NAME-00001-of-00003.gguf</c>).</summary>
    /// <remarks>It does not look whether they exist; <see cref="ReadAll"/> does.</remarks>
    /// <exception cref="GgufFormatException">The name of this file does not follow the scheme.</exception>
    public IReadOnlyList<string> ListFiles()
    {
        var suffix = Suffix(Index);
        if (_file.Path.Length <= suffix.Length || !_file.Path.EndsWith(suffix, StringComparison.Ordinal))
        {
            throw new GgufFormatException(
                _file.Path, null, $"this is file {Index + 1} of {Count} of a split model, but its name does not end with {suffix}", RenameFix);
        }

        var prefix = _file.Path[..^suffix.Length];
        return [.. Enumerable.Range(0, Count).Select(i => prefix + Suffix(i))];
    }

    /// <summary>Reads and checks the headers of all files of the model, in order; native code opens them all.</summary>
    /// <exception cref="FileNotFoundException">Files are missing; the message names them.</exception>
    /// <exception cref="GgufFormatException">A file is damaged or belongs elsewhere, or this is not the first file.</exception>
    public IReadOnlyList<GgufFile> ReadAll()
    {
        var paths = ListFiles();
        if (Index != 0)
        {
            throw new GgufFormatException(
                _file.Path, null, $"this is file {Index + 1} of {Count} of a split model; a model is loaded from its first file", $"Give {paths[0]}.");
        }

        var missing = paths.Where(path => !File.Exists(path)).ToArray();
        if (missing.Length > 0)
        {
            throw new FileNotFoundException(
                $"{_file.Path}: {missing.Length} of the {Count} files of this split model are missing: {string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", ..." : "")}. Download them into the same folder.",
                missing[0]);
        }

        var files = new List<GgufFile>(Count) { _file };
        var names = new HashSet<string>(_file.Tensors.Select(tensor => tensor.Name), StringComparer.Ordinal);
        for (var i = 1; i < Count; i++)
        {
            var file = GgufFile.Read(paths[i]);
            if (file.Split is not { } split || split.Index != i || split.Count != Count)
            {
                throw new GgufFormatException(
                    paths[i], null, $"the header does not say that this is file {i + 1} of {Count}", "It belongs to another model: download it again.");
            }

            foreach (var tensor in file.Tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new GgufFormatException(
                        paths[i], null, $"the tensor {GgufText.Quote(tensor.Name)} is also in an earlier file of the model", "Download all files of the model again, from one place.");
                }
            }

            files.Add(file);
        }

        if (!_file.TryGetInt64(GgufKeys.SplitTensors, out var expected) || expected != names.Count)
        {
            throw new GgufFormatException(
                _file.Path, null, $"{GgufKeys.SplitTensors} is {(_file.Metadata.TryGetValue(GgufKeys.SplitTensors, out var value) ? value : "missing")}, but the files hold {names.Count} tensors", "Download all files of the model again, from one place.");
        }

        return files.AsReadOnly();
    }

    internal static GgufSplit? From(GgufFile file)
    {
        if (!file.Metadata.TryGetValue(GgufKeys.SplitCount, out var declared))
        {
            return null;
        }

        // The native loader reads both as u16, and aborts on another type in a later file.
        var count = ReadUInt16(file, GgufKeys.SplitCount, declared);
        if (count <= 1)
        {
            return null;
        }

        if (count > GgufLimits.MaxSplits)
        {
            throw new GgufFormatException(file.Path, null, $"{GgufKeys.SplitCount} is {count}; at most {GgufLimits.MaxSplits} files are accepted", RenameFix);
        }

        if (!file.Metadata.TryGetValue(GgufKeys.SplitIndex, out var place))
        {
            throw new GgufFormatException(file.Path, null, $"{GgufKeys.SplitCount} is {count}, but {GgufKeys.SplitIndex} is missing", "Download the model again.");
        }

        var index = ReadUInt16(file, GgufKeys.SplitIndex, place);
        return index < count
            ? new GgufSplit(file, index, count)
            : throw new GgufFormatException(file.Path, null, $"{GgufKeys.SplitIndex} is {index}, but the model has only {count} files", "Download the model again.");
    }

    private static int ReadUInt16(GgufFile file, string key, GgufValue value) =>
        value.Type == GgufValueType.UInt16 && value.TryGetUInt32(out var number)
            ? (int)number
            : throw new GgufFormatException(file.Path, null, $"{key} must be of type u16 but is {value.Type.ShortName()}", "Split the model again with llama-gguf-split.");

    private string Suffix(int index) => $"-{index + 1:D5}-of-{Count:D5}.gguf";
}
