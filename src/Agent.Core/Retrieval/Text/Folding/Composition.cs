namespace Agent.Core.Retrieval.Text.Folding;

/// <summary>
/// Puts together what decomposed text writes apart and what is a letter of its own: voiced kana, Hangul syllables, the Cyrillic letters with a
/// mark. Thread-safe.
/// </summary>
internal static class Composition
{
    private const char VoicedMark = '\u3099';
    private const char SemiVoicedMark = '\u309A';
    private const int HangulBase = 0xAC00;
    private const int LeadingBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailingBase = 0x11A7;
    private const int LeadingCount = 19;
    private const int VowelCount = 21;
    private const int TrailingCount = 28;

    /// <summary>The one character that two make.</summary>
    /// <param name="first">A folded character.</param>
    /// <param name="next">The character after it as it stands in the text.</param>
    /// <returns>The folded composed character; '\0' if the two make none.</returns>
    public static char Compose(char first, char next) => next switch
    {
        VoicedMark or '\uFF9E' => Voiced(first),
        SemiVoicedMark or '\uFF9F' => IsHaRow(first) ? (char)(first + 2) : '\0',
        '\u0306' => first switch { 'и' => 'й', 'у' => 'ў', _ => '\0' },
        '\u0308' => first == 'і' ? 'ї' : '\0',
        '\u0301' => first switch { 'г' => 'ѓ', 'к' => 'ќ', _ => '\0' },
        _ => Hangul(first, FoldedJamo(next)),
    };

    private static char Voiced(char first) => first switch
    {
        'う' => 'ゔ',
        'ウ' => 'ヴ',
        >= 'か' and <= 'ち' or >= 'カ' and <= 'チ' when (first & 1) == ('か' & 1) => (char)(first + 1),
        'つ' or 'て' or 'と' or 'ツ' or 'テ' or 'ト' => (char)(first + 1),
        _ => IsHaRow(first) ? (char)(first + 1) : '\0',
    };

    private static bool IsHaRow(char first) => first is 'は' or 'ひ' or 'ふ' or 'へ' or 'ほ' or 'ハ' or 'ヒ' or 'フ' or 'ヘ' or 'ホ';

    // Half-width jamo are compatibility forms of the conjoining ones.
    private static char FoldedJamo(char next)
    {
        if (next < LeadingBase)
        {
            return '\0';
        }

        var folded = FoldingTable.Instance.Fold(next);
        return folded.Length == 1 ? folded[0] : '\0';
    }

    private static char Hangul(char first, char next)
    {
        var leading = first - LeadingBase;
        var vowel = next - VowelBase;
        if (leading is >= 0 and < LeadingCount && vowel is >= 0 and < VowelCount)
        {
            return (char)(HangulBase + (((leading * VowelCount) + vowel) * TrailingCount));
        }

        var syllable = first - HangulBase;
        var trailing = next - TrailingBase;
        return syllable is >= 0 and < LeadingCount * VowelCount * TrailingCount && syllable % TrailingCount == 0 && trailing is > 0 and < TrailingCount
            ? (char)(first + trailing)
            : '\0';
    }
}
