using System.ComponentModel;
using System.Text;

namespace Agent.Tools.Mcp.Stdio;

/// <summary>
/// A program with everything that it started. On Linux its members bear a variable of their own in their environment, so that
/// those whose parent has ended are found too; elsewhere only the tree below the program is.
/// </summary>
internal sealed class ProgramFamily
{
    private const string Variable = "AGENT_MCP_SERVER";

    // A member that starts another one while the others are being ended is found the next time.
    private const int MaximumPasses = 3;

    private readonly string _mark = Guid.NewGuid().ToString("N");

    /// <summary>Marks the environment of the program before it starts.</summary>
    internal void Mark(IDictionary<string, string?> environment) => environment[Variable] = _mark;

    internal void Kill(System.Diagnostics.Process program)
    {
        Attempt(() => program.Kill(entireProcessTree: true));
        for (var pass = 0; pass < MaximumPasses && Members() is { Count: > 0 } members; pass++)
        {
            foreach (var id in members)
            {
                Attempt(() =>
                {
                    using var member = System.Diagnostics.Process.GetProcessById(id);
                    member.Kill();
                });
            }
        }
    }

    private List<int> Members()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var marked = Encoding.ASCII.GetBytes($"{Variable}={_mark}");
        var members = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Environment(folder).AsSpan().IndexOf(marked) >= 0)
            {
                members.Add(id);
            }
        }

        return members;
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

    private static void Attempt(Action kill)
    {
        try
        {
            kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It ended of itself.
        }
    }
}
