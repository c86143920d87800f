using System.Globalization;
using System.Text;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Characters that nobody sees by themselves: what Unicode calls default-ignorable, marks that stand on the character before them, and control
/// characters. A number that they are mixed into still reads as that number.
/// </summary>
internal static class UnseenCharacter
{
    /// <summary>Whether a character is one of them.</summary>
    /// <param name="rune">The character.</param>
    public static bool Is(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => true,
        UnicodeCategory.Control => rune.Value != '\t',

        // Fillers of Hangul syllables are letters to Unicode, and empty to the eye.
        UnicodeCategory.OtherLetter => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0,

        // Kept free for characters to be ignored.
        UnicodeCategory.OtherNotAssigned => rune.Value is 0x2065 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF),
        _ => false,
    };

    /// <summary>Whether a character begins at a place of a text, and is one of them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place.</param>
    /// <param name="length">The code units of the character there; 1 for half a pair.</param>
    public static bool At(ReadOnlySpan<char> text, int at, out int length) => Rune.DecodeFromUtf16(text[at..], out var rune, out length) == System.Buffers.OperationStatus.Done && Is(rune);
}
