namespace Agent.Tools.Programs;

/// <summary>Tells batch files of Windows, which cmd.exe reads: it takes their arguments anew as its own language.</summary>
internal static class BatchFile
{
    internal static readonly string[] Endings = [".bat", ".cmd"];

    internal static bool Is(string path) => Endings.Any(ending => HasEnding(path, ending));

    // Windows drops dots and blanks from the end of a name, so they must not hide the ending.
    internal static bool HasEnding(string path, string ending) => path.TrimEnd('.', ' ').EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
