using System.Globalization;
using System.Text;

namespace Agent.Core.Gguf;

/// <summary>Text of a file that is not trusted, made fit for a message: quoted, short, without control characters.</summary>
internal static class GgufText
{
    private const int MaxShown = 80;

    public static string Quote(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MaxShown) + 8).Append('"');
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxShown)))
        {
            if (char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                shown.Append("\\u").Append(((int)c).ToString("x4"));
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.Append(text.Length > MaxShown ? "...\"" : "\"").ToString();
    }
}
