using Agent.Core.Agents;
using Agent.Tools.Programs;

namespace Agent.Tools.Process;

/// <summary>Finds the program of a tool whose arguments a model chooses.</summary>
internal static class CommandLookup
{
    /// <summary>The absolute path of a program that may be run.</summary>
    /// <param name="command">An absolute path or a name.</param>
    /// <param name="searchPath">The variable PATH; the usual folders when it is not set. Relative folders in it are passed over.</param>
    /// <param name="isWindows">Whether the rules of Windows hold.</param>
    /// <exception cref="ToolException">There is none; the message says what to do.</exception>
    internal static string Find(string command, string? searchPath, bool isWindows)
    {
        RefuseScript(command, isWindows);
        var search = new ProgramSearch(searchPath, isWindows);
        if (Path.IsPathFullyQualified(command))
        {
            return search.CanRun(command)
                ? command
                : throw new ToolException($"There is no program \"{command}\" that this process may run; check \"command\" and the file's permissions");
        }

        var found = search.Find(command)
            ?? throw new ToolException($"There is no program \"{command}\" in PATH; install it, or give \"command\" an absolute path");
        RefuseScript(found, isWindows);
        return found;
    }

    // No quoting is safe where cmd.exe reads what a model writes.
    private static void RefuseScript(string command, bool isWindows)
    {
        if (isWindows && BatchFile.Is(command))
        {
            throw new ToolException(
                $"\"{command}\" is a batch file, whose arguments cmd.exe would read as commands; name the .exe that it starts, or an interpreter with a script");
        }
    }
}
