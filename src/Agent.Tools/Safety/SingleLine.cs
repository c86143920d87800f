using System.Globalization;
using System.Text;

namespace Agent.Tools.Safety;

/// <summary>Makes texts of unknown origin safe for a line of a log or a terminal: no line breaks, controls or endless length.</summary>
internal static class SingleLine
{
    private const int LongestText = 1_000;

    internal static string Of(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, LongestText) + 8);
        foreach (var c in text.AsSpan(0, TextCut.Border(text, LongestText)))
        {
            _ = c switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                _ when char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => line.Append($"\\u{(int)c:x4}"),
                _ => line.Append(c),
            };
        }

        return text.Length <= LongestText ? line.ToString() : line.Append(TextCut.Mark).ToString();
    }
}
