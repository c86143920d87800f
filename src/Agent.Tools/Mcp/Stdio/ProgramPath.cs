using System.Buffers;

namespace Agent.Tools.Mcp.Stdio;

/// <summary>
/// Finds the program of a command, in the folders of PATH only: the system's own search looks into the current folder first,
/// where anyone may have put a file of that name.
/// </summary>
internal static class ProgramPath
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Batch files are read by a shell on Windows, which takes these for more than text.
    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create("\"&|<>^%!()\r\n");

    /// <exception cref="McpStartException">There is no such program.</exception>
    internal static string Find(McpProgramOptions options)
    {
        var path = options.Command.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar)
            ? Candidates(Path.GetFullPath(options.Command, options.Folder), options).FirstOrDefault(File.Exists)
            : Folders(options).SelectMany(folder => Candidates(Path.Combine(folder, options.Command), options)).FirstOrDefault(IsProgram);
        if (path is null)
        {
            throw new McpStartException(
                "its program was not found",
                options.Command.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar)
                    ? "relative paths count from \"cwd\""
                    : "it is in no folder of PATH; install it, or give its path");
        }

        if (OperatingSystem.IsWindows()
            && Path.GetExtension(path).ToUpperInvariant() is ".CMD" or ".BAT"
            && options.Arguments.Any(argument => argument.AsSpan().ContainsAny(ShellCharacters)))
        {
            throw new McpStartException("an argument cannot be passed to a batch file", "leave out quotes and the characters & | < > ^ % ! ( ), or name the program that the batch file starts");
        }

        return path;
    }

    private static IEnumerable<string> Folders(McpProgramOptions options) =>
        (options.Environment.GetValueOrDefault("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(Path.IsPathFullyQualified);

    private static IEnumerable<string> Candidates(string path, McpProgramOptions options)
    {
        if (!OperatingSystem.IsWindows())
        {
            return [path];
        }

        var extensions = (options.Environment.GetValueOrDefault("PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").Split(';', StringSplitOptions.RemoveEmptyEntries);
        return extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? [path] : extensions.Select(extension => path + extension);
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != UnixFileMode.None);
}
