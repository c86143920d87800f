using System.Buffers;
using System.Globalization;
using System.Text;
using Agent.Tools.Safety;

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
    internal static string OneLine(string text, int maximum) =>
        TextCut.Head(string.Join(' ', Clean(text, out _).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), maximum);

    /// <summary>The first character that <see cref="Clean"/> would take out; null where there is none.</summary>
    internal static Rune? FirstHidden(string text)
    {
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            if (IsHidden(rune))
            {
                return rune;
            }
        }

        return null;
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
