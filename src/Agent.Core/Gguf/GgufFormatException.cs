namespace Agent.Core.Gguf;

/// <summary>A file is not a GGUF model that the engine can load. The message names the file, what is wrong and the fix.</summary>
public sealed class GgufFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file, as the caller named it.</param>
    /// <param name="offset">Byte position in the file, or null where the fault has no single place.</param>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="fix">What the user should do, as a sentence.</param>
    /// <param name="innerException">The cause, if another exception revealed it.</param>
    public GgufFormatException(string path, long? offset, string problem, string fix, Exception? innerException = null)
        : base(Compose(path, offset, problem, fix), innerException)
    {
        Path = path;
        Offset = offset;
        Problem = problem;
        Fix = fix;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Byte position of the fault in the file; null where it has no single place.</summary>
    public long? Offset { get; }

    /// <summary>What is wrong, without path and position.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Fix { get; }

    private static string Compose(string path, long? offset, string problem, string fix) =>
        offset is { } at ? $"{path}: {problem} (at byte {at}). {fix}" : $"{path}: {problem}. {fix}";
}
