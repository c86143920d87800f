using System.Buffers;
using Agent.Tools.Programs;

namespace Agent.Tools.Mcp.Stdio;

/// <summary>Finds the program of a server.</summary>
internal static class ProgramPath
{
    private const string WindowsEndings = ".COM;.EXE;.BAT;.CMD";

    // A batch file takes these for more than text. The arguments are the author's, so that others can be passed.
    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create("\"&|<>^%!()\r\n");

    /// <exception cref="McpStartException">There is no such program.</exception>
    internal static string Find(McpProgramOptions options)
    {
        var endings = (options.Environment.GetValueOrDefault("PATHEXT") ?? WindowsEndings).Split(';', StringSplitOptions.RemoveEmptyEntries);
        var search = new ProgramSearch(options.Environment.GetValueOrDefault("PATH"), OperatingSystem.IsWindows(), endings);
        var isPath = options.Command.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar);
        var path = isPath ? search.Complete(Path.GetFullPath(options.Command, options.Folder)) : search.Find(options.Command);
        if (path is null)
        {
            throw new McpStartException(
                "its program was not found",
                isPath ? "relative paths count from \"cwd\"" : "it is in no folder of PATH; install it, or give its path");
        }

        if (OperatingSystem.IsWindows() && BatchFile.Is(path) && options.Arguments.Any(argument => argument.AsSpan().ContainsAny(ShellCharacters)))
        {
            throw new McpStartException("an argument cannot be passed to a batch file", "leave out quotes and the characters & | < > ^ % ! ( ), or name the program that the batch file starts");
        }

        return path;
    }
}
