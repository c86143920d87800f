using System.ComponentModel;
using System.Globalization;

namespace Agent.Tools.Programs;

/// <summary>Ends processes whose parent is gone, which the tree of their ancestors no longer shows. For Linux only.</summary>
internal static class Orphans
{
    private const int Rounds = 16;

    /// <summary>The processes of the machine, each with its folder of facts.</summary>
    internal static IEnumerable<(int Id, string Folder)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                yield return (id, folder);
            }
        }
    }

    /// <summary>Ends what is found, until nothing new is.</summary>
    /// <param name="find">Looks for those that are there now.</param>
    /// <returns>How many there were.</returns>
    internal static int Kill(Func<IReadOnlyList<int>> find)
    {
        var killed = new HashSet<int>();
        for (var round = 0; round < Rounds; round++)
        {
            // What was started while the last round looked is found in this one.
            var found = find().Where(killed.Add).ToList();
            if (found.Count == 0)
            {
                break;
            }

            found.ForEach(Kill);
        }

        return killed.Count;
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended of itself.
        }
    }
}
