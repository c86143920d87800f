using System.Globalization;
using System.Text;

namespace Agent.Host.Terminal;

/// <summary>
/// Text for people's terminals. Models, tools and files can write escape sequences, which would move the cursor, change the
/// title or worse.
/// </summary>
internal static class TerminalText
{
    /// <summary>
    /// The text with control characters other than line feed and tab replaced, and those that make a terminal show what follows in another
    /// order. Characters without a shape stay, since scripts and emoji are joined with them; see <see cref="Escape"/>.
    /// </summary>
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

    /// <summary>
    /// The text with everything written out, as JSON does it (<c>\u202E</c>), that a reader would not see, or see in another order: for what
    /// somebody agrees to.
    /// </summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        Span<char> characters = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf16(characters);
            if (!IsHidden(rune))
            {
                escaped.Append(characters[..length]);
                continue;
            }

            foreach (var character in characters[..length])
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
        }

        return escaped.ToString();
    }

    private static bool IsHarmful(char c) => c switch
    {
        '\n' or '\t' => false,
        (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        _ => char.IsControl(c),
    };

    /// <summary>Whether nothing of it shows, or only that something else shows differently. Fillers and selectors are letters and marks to Unicode.</summary>
    private static bool IsHidden(Rune rune) => rune.Value switch
    {
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 => true,
        (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF) => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned,
    };
}
