using System.Globalization;

namespace Agent.Tools.Programs;

/// <summary>
/// Ends what is left of a program that led a session of its own on Linux. It needs nothing of the program, but loses who begins
/// a session too; <see cref="ProgramMark"/> finds those.
/// </summary>
internal static class ProgramSession
{
    /// <summary>Ends every process of a session whose leader is gone.</summary>
    /// <param name="session">The session, which is the id of the leader.</param>
    /// <returns>How many there were.</returns>
    internal static int Kill(int session) => Orphans.Kill(() => Members(session));

    private static List<int> Members(int session)
    {
        var members = new List<int>();
        foreach (var (id, folder) in Orphans.Processes())
        {
            if (!IsMember(folder, session))
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
}
