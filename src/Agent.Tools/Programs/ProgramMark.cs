using System.Text;

namespace Agent.Tools.Programs;

/// <summary>
/// A variable in the environment of a program and of everything that it starts, by which its members are found on Linux whatever
/// session they are in; elsewhere only the tree below the program is. A program that must not see a further variable has
/// <see cref="ProgramSession"/>.
/// </summary>
/// <param name="variable">The name of the variable.</param>
internal sealed class ProgramMark(string variable)
{
    private readonly string _value = Guid.NewGuid().ToString("N");

    /// <summary>Marks the environment of the program before it starts.</summary>
    internal void Put(IDictionary<string, string?> environment) => environment[variable] = _value;

    /// <summary>Ends the program with everything that it started.</summary>
    internal void Kill(System.Diagnostics.Process program)
    {
        ProgramTree.Kill(program);
        if (OperatingSystem.IsLinux())
        {
            Orphans.Kill(Members);
        }
    }

    private List<int> Members()
    {
        var marked = Encoding.ASCII.GetBytes($"{variable}={_value}");
        return [.. Orphans.Processes().Where(process => Environment(process.Folder).AsSpan().IndexOf(marked) >= 0).Select(process => process.Id)];
    }

    private static byte[] Environment(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's, or one that has just ended.
            return [];
        }
    }
}
