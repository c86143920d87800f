using System.Diagnostics;

namespace Agent.Tools.Programs;

/// <summary>How every program is started: no shell, no window, all three streams in our hands, and no variables but the given.</summary>
internal static class ProgramStart
{
    /// <param name="program">The absolute path of the program.</param>
    /// <param name="arguments">Its arguments, each of which stays one.</param>
    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="variables">Its whole environment.</param>
    internal static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
