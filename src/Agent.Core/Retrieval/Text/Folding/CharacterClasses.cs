using System.Globalization;
using System.Text;

namespace Agent.Core.Retrieval.Text.Folding;

/// <summary>The class of each folded character. Thread-safe.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Basic = MakeBasic();

    public static CharacterClass Of(char folded) => Basic[folded];

    public static CharacterClass Of(Rune folded) => folded.IsBmp ? Basic[folded.Value] : Classify(folded.Value, Rune.GetUnicodeCategory(folded));

    private static CharacterClass[] MakeBasic()
    {
        var classes = new CharacterClass[0x10000];
        for (var i = 0; i < classes.Length; i++)
        {
            classes[i] = Classify(i, CharUnicodeInfo.GetUnicodeCategory((char)i));
        }

        return classes;
    }

    private static CharacterClass Classify(int point, UnicodeCategory category) => point switch
    {
        >= '0' and <= '9' => CharacterClass.Digit,
        0x3005 or 0x3007 or 0x303B or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFD)
            => CharacterClass.Ideograph,
        0x30FB => CharacterClass.Separator,
        (>= 0x3031 and <= 0x3035) or (>= 0x3041 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0x1B000 and <= 0x1B16F)
            => category == UnicodeCategory.ModifierSymbol ? CharacterClass.Separator : CharacterClass.Kana,
        (>= 0x1100 and <= 0x11FF) or (>= 0xA960 and <= 0xA97F) or (>= 0xAC00 and <= 0xD7FB) => CharacterClass.Hangul,
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) => IsWord(category) ? CharacterClass.Unspaced : CharacterClass.Separator,
        _ => IsWord(category) ? CharacterClass.Letter : CharacterClass.Separator,
    };

    private static bool IsWord(UnicodeCategory category) => category
        is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber;
}
