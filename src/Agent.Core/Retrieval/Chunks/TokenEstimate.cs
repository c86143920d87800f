namespace Agent.Core.Retrieval.Chunks;

/// <summary>
/// Tokens as a byte-pair vocabulary of today would cut them: a short word is one, a long one several, a digit or an ideograph one each.
/// </summary>
internal static class TokenEstimate
{
    private const int LettersOfAToken = 6;

    public static int Count(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        for (var i = 0; i < text.Length;)
        {
            var kind = KindOf(text[i]);
            var end = i + 1;
            while (end < text.Length && KindOf(text[end]) == kind)
            {
                end++;
            }

            var length = end - i;
            tokens += kind switch
            {
                Kind.Letters => (length + LettersOfAToken - 1) / LettersOfAToken,
                // A single blank belongs to the word behind it.
                Kind.Blanks => length == 1 ? 0 : 1,
                Kind.LineEnds => 1,
                Kind.Punctuation => (length + 1) / 2,
                Kind.OtherLetters => (length + 1) / 2,
                _ => length,
            };
            i = end;
        }

        return tokens;
    }

    private static Kind KindOf(char character) => character switch
    {
        '\n' => Kind.LineEnds,
        ' ' or '\t' => Kind.Blanks,
        (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => Kind.Letters,
        < '\x80' => char.IsAsciiDigit(character) ? Kind.Single : Kind.Punctuation,
        < '\u2E80' => char.IsLetter(character) ? Kind.OtherLetters : Kind.Single,
        _ => Kind.Single,
    };

    private enum Kind
    {
        Letters,
        Blanks,
        LineEnds,
        Punctuation,
        OtherLetters,
        Single,
    }
}
