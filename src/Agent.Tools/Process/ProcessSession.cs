using System.ComponentModel;
using System.Globalization;

namespace Agent.Tools.Process;

/// <summary>
/// Ends what is left of a session on Linux. It finds processes whose parent is gone, which the tree of their ancestors no
/// longer shows.
/// </summary>
internal static class ProcessSession
{
    private const int Rounds = 16;

    /// <summary>Ends every process of a session whose leader is gone.</summary>
    /// <param name="session">The session, which is the id of the leader.</param>
    /// <returns>How many there were.</returns>
    internal static int Kill(int session)
    {
        var killed = new HashSet<int>();
        for (var round = 0; round < Rounds; round++)
        {
            // What was started while the last round looked is found in this one.
            var found = Members(session).Where(killed.Add).ToList();
            if (found.Count == 0)
            {
                break;
            }

            found.ForEach(KillMember);
        }

        return killed.Count;
    }

    private static List<int> Members(int session)
    {
        var members = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !IsMember(folder, session))
            {
                continue;
            }

            // The kernel gives the number of a session to nobody else while anyone is in it. A leader means that the session
            // was empty, and that somebody else has the number now.
            if (id == session)
            {
                return [];
            }

            members.Add(id);
        }

        return members;
    }

    private static bool IsMember(string folder, int session)
    {
        try
        {
            // "12 (a name) S 1 2 3": behind the name come state, parent, group and session.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 5);
            return fields[0] is not ("Z" or "X") && int.Parse(fields[3], CultureInfo.InvariantCulture) == session;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void KillMember(int id)
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
