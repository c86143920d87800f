using System.Buffers;
using System.Globalization;
using System.Text;

namespace Agent.Tools.Mcp.Listing;

/// <summary>
/// Takes out of a server's text what a person who reviews it does not see, or sees in another order: controls, directions and
/// characters without a shape.
/// </summary>
internal static class UntrustedText
{
    /// <summary>The text without hidden characters, and how many there were. Line breaks stay.</summary>
    internal static string Clean(string text, out int removed)
    {
        var clean = new StringBuilder(text.Length);
        removed = 0;
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        var rest = text.AsSpan();
        while (Rune.DecodeFromUtf16(rest, out var rune, out var length) is var status && length > 0)
        {
            if (status == OperationStatus.Done && !IsHidden(rune))
            {
                clean.Append(rest[..length]);
            }
            else
            {
                removed++;
            }

            rest = rest[length..];
        }

        return removed == 0 ? text : clean.ToString();
    }

    /// <summary>The text in one line of at most a number of characters.</summary>
    internal static string OneLine(string text, int maximum)
    {
        var line = string.Join(' ', Clean(text, out _).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= maximum ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[maximum - 1]) ? maximum - 1 : maximum), "...");
    }

    /// <summary>The text cut to a number of bytes of UTF-8, at a character's border.</summary>
    internal static string Cut(string text, int maximumBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maximumBytes)
        {
            return text;
        }

        const string Mark = " ...";
        var room = maximumBytes - Mark.Length;
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, end), Mark);
    }

    private static bool IsHidden(Rune rune) => rune.Value switch
    {
        '\n' or '\t' => false,

        // Scripts and emoji are joined with these two.
        0x200C or 0x200D => false,
        >= 0xE0000 and <= 0xE0FFF => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };
}
