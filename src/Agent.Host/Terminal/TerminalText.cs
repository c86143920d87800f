using System.Text;

namespace Agent.Host.Terminal;

/// <summary>
/// Text for people's terminals. Models, tools and files can write escape sequences, which would move the cursor, change the
/// title or worse.
/// </summary>
internal static class TerminalText
{
    /// <summary>The text with control characters other than line feed and tab replaced.</summary>
    public static string Clean(string text)
    {
        return !text.Any(IsHarmful) ? text : string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = IsHarmful(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }

    /// <summary>The text in one line of at most so many characters.</summary>
    public static string OneLine(string text, int maximum)
    {
        var line = new StringBuilder(Math.Min(text.Length, maximum) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > maximum)
            {
                return line.Append('…').ToString();
            }

            line.Append(rune.Value is '\n' or '\r' or '\t' ? " " : rune.ToString());
        }

        return line.ToString();
    }

    private static bool IsHarmful(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
