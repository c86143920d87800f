using System.Globalization;
using System.Security.Cryptography;
using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>Compares the files of a model with the hashes that somebody pinned, before anything reads them.</summary>
internal static class ModelPin
{
    private const string Scheme = "-00001-of-00003.gguf";

    /// <summary>Compares every file of a model.</summary>
    /// <param name="path">The file, or the first one of a split model (<c>NAME-00001-of-00003.gguf</c>).</param>
    /// <param name="pinned">SHA-256 in hexadecimal; of a split model those of all files, in order, with commas between.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="LlamaException">A file has another hash, or there is not one hash for each file.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static void Check(string path, string pinned, CancellationToken cancellationToken)
    {
        var hashes = pinned.Split(',', StringSplitOptions.TrimEntries);
        var files = FilesOf(path);
        if (hashes.Length != files.Count)
        {
            throw new LlamaException(
                $"'{path}' is a model of {files.Count} {(files.Count == 1 ? "file" : "files")} by its name, and {hashes.Length} SHA-256 {(hashes.Length == 1 ? "is" : "are")} pinned. Give Agent:Model:Sha256 one for each file, in order, with commas between.");
        }

        for (var i = 0; i < files.Count; i++)
        {
            CheckFile(files[i], hashes[i], cancellationToken);
        }
    }

    // The name decides, as it does for llama.cpp: a header that says otherwise is refused when it is read.
    private static IReadOnlyList<string> FilesOf(string path)
    {
        var end = path.Length > Scheme.Length ? path[^Scheme.Length..] : string.Empty;
        return end.EndsWith(".gguf", StringComparison.Ordinal)
            && end.AsSpan(6, 4) is "-of-"
            && int.TryParse(end.AsSpan(1, 5), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(end.AsSpan(10, 5), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 1
                ? [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{path.AsSpan(0, path.Length - Scheme.Length)}-{i:D5}-of-{count:D5}.gguf"))]
                : [path];
    }

    private static void CheckFile(string path, string expected, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        var buffer = new byte[1 << 20];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (!string.Equals(actual, expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new LlamaException($"'{path}' has SHA-256 {actual}, and {expected} is pinned. Fetch the file again, or correct Agent:Model:Sha256.");
        }
    }
}
