using System.ComponentModel;

namespace Agent.Tools.Programs;

/// <summary>Ends a program with its children and their children.</summary>
internal static class ProgramTree
{
    internal static void Kill(System.Diagnostics.Process program)
    {
        try
        {
            program.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It ended of itself, or is about to.
        }
    }
}
