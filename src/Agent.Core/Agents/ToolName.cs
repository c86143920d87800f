using System.Globalization;
using System.Text;

namespace Agent.Core.Agents;

/// <summary>Tool names that a model wrote: how to show them.</summary>
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
}
