using System.ComponentModel;

namespace Agent.Tools.Process;

/// <summary>Ends a process with its children and their children.</summary>
internal static class ProcessTree
{
    internal static void Kill(System.Diagnostics.Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended of itself, or is about to.
        }
    }
}
