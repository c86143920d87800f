namespace Agent.Tools.Programs;

/// <summary>
/// Finds the file of a program, in the folders of a search path only: the system's own search looks into the current folder
/// first, where anyone may have put a file of that name.
/// </summary>
internal sealed class ProgramSearch
{
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";
    private static readonly string[] ProgramEndings = [".exe", ".com"];

    private readonly string _searchPath;
    private readonly bool _isWindows;
    private readonly IReadOnlyList<string> _endings;

    /// <param name="searchPath">The variable PATH; the usual folders when it is not set. Relative folders in it are passed over.</param>
    internal ProgramSearch(string? searchPath)
        : this(searchPath, OperatingSystem.IsWindows())
    {
    }

    /// <param name="searchPath">The variable PATH.</param>
    /// <param name="isWindows">Whether the rules of Windows hold.</param>
    /// <param name="endings">What a name may leave out on Windows; <c>.exe</c> and <c>.com</c> where it is null.</param>
    internal ProgramSearch(string? searchPath, bool isWindows, IReadOnlyList<string>? endings = null)
    {
        _isWindows = isWindows;
        _searchPath = string.IsNullOrEmpty(searchPath) && !isWindows ? DefaultPath : searchPath ?? string.Empty;
        _endings = endings ?? ProgramEndings;
    }

    /// <summary>The absolute path of a program that may be run, by its name; null for none.</summary>
    internal string? Find(string name) => _searchPath
        .Split(_isWindows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries)
        .Where(folder => Path.IsPathFullyQualified(folder))
        .SelectMany(folder => Candidates(Path.Combine(folder, name)))
        .FirstOrDefault(CanRun);

    /// <summary>The file that a path means, with the ending that it leaves out; null for none.</summary>
    internal string? Complete(string path) => Candidates(path).FirstOrDefault(File.Exists);

    /// <summary>Whether there is a file that may be run.</summary>
    internal bool CanRun(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(path) && (_isWindows || OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<string> Candidates(string path) =>
        _isWindows && !_endings.Concat(BatchFile.Endings).Any(ending => BatchFile.HasEnding(path, ending)) ? _endings.Select(ending => path + ending) : [path];
}
