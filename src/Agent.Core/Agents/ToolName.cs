using System.Globalization;
using System.Text;

namespace Agent.Core.Agents;

/// <summary>Tool names that a model wrote: how to show them and which known name was meant.</summary>
internal static class ToolName
{
    private const int MaxShown = 64;

    /// <summary>Makes a name safe for one line of a log or an error: controls and line breaks escaped, at most 64 units.</summary>
    public static string ForDisplay(string name)
    {
        var shown = new StringBuilder(Math.Min(name.Length, MaxShown));
        foreach (var unit in name.AsSpan(0, Math.Min(name.Length, MaxShown)))
        {
            if (char.IsControl(unit) || char.IsSurrogate(unit) || unit is '\u2028' or '\u2029')
            {
                shown.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                shown.Append(unit);
            }
        }

        return name.Length > MaxShown ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>The known name nearest to what was written, or null where none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> known)
    {
        string? nearest = null;
        var best = int.MaxValue;
        if (written.Length is 0 or > MaxShown)
        {
            return null;
        }

        foreach (var name in known)
        {
            if (name.Length > MaxShown)
            {
                continue;
            }

            var distance = Distance(Normalise(written), Normalise(name));
            if (distance < best && distance <= Math.Max(1, name.Length / 3))
            {
                (nearest, best) = (name, distance);
            }
        }

        return nearest;
    }

    private static string Normalise(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
            .Replace(".", "", StringComparison.Ordinal).ToLowerInvariant();

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, 1 + Math.Min(previous[j], current[j - 1]));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
