using Agent.Core.Agents;

namespace Agent.Tools.Process;

/// <summary>Finds the file of a program.</summary>
internal static class CommandLookup
{
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";
    private static readonly string[] WindowsEndings = [".exe", ".com"];
    private static readonly string[] Scripts = [".bat", ".cmd"];

    /// <summary>The absolute path of a program that may be run.</summary>
    /// <param name="command">An absolute path or a name.</param>
    /// <param name="searchPath">The variable PATH; the usual folders when it is not set. Relative folders in it are passed over.</param>
    /// <param name="isWindows">Whether the rules of Windows hold.</param>
    /// <exception cref="ToolException">There is none; the message says what to do.</exception>
    internal static string Find(string command, string? searchPath, bool isWindows)
    {
        RefuseScript(command, isWindows);
        if (Path.IsPathFullyQualified(command))
        {
            return CanRun(command, isWindows)
                ? command
                : throw new ToolException($"There is no program \"{command}\" that this process may run; check \"command\" and the file's permissions");
        }

        var found = Search(command, searchPath, isWindows)
            ?? throw new ToolException($"There is no program \"{command}\" in PATH; install it, or give \"command\" an absolute path");
        RefuseScript(found, isWindows);
        return found;
    }

    /// <summary>The absolute path of a program, or null.</summary>
    internal static string? TryFind(string name, string? searchPath) => Search(name, searchPath, isWindows: false);

    private static string? Search(string name, string? searchPath, bool isWindows)
    {
        var endings = isWindows && !WindowsEndings.Concat(Scripts).Any(ending => HasEnding(name, ending)) ? WindowsEndings : [string.Empty];
        return (string.IsNullOrEmpty(searchPath) ? DefaultPath : searchPath)
            .Split(isWindows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries)
            .Where(folder => Path.IsPathFullyQualified(folder))
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(file => CanRun(file, isWindows));
    }

    // Windows hands such a file to cmd.exe, which reads the arguments anew as its own language: no quoting is safe there.
    private static void RefuseScript(string command, bool isWindows)
    {
        if (isWindows && Scripts.Any(ending => HasEnding(command, ending)))
        {
            throw new ToolException(
                $"\"{command}\" is a batch file, whose arguments cmd.exe would read as commands; name the .exe that it starts, or an interpreter with a script");
        }
    }

    // Windows drops dots and blanks from the end of a name, so they must not hide the ending.
    private static bool HasEnding(string command, string ending) => command.TrimEnd('.', ' ').EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static bool CanRun(string path, bool isWindows)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(path) && (isWindows || OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
