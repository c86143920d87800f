using System.Buffers;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>
/// Borders within running text, each decided by a few characters on both sides, so that hostile text costs no more than other text. A border
/// at an index lies before the character there.
/// </summary>
internal static class TextBorders
{
    // White space and quotation marks between a full stop and the next sentence; more than this occurs in no text that means something.
    private const int MaxBehindEnd = 32;
    private const int MaxAbbreviation = 8;

    private static readonly SearchValues<char> WideEnds = SearchValues.Create("。！？；…｡︒");
    private static readonly SearchValues<char> NarrowEnds = SearchValues.Create(".!?");
    private static readonly SearchValues<char> Closers = SearchValues.Create("\"')]}”’」』）》】〉〕］｝»›");
    private static readonly SearchValues<char> ClauseEnds = SearchValues.Create("，、：,;:—–；");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Abbreviations = new HashSet<string>(
        [
            "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "vs", "etc", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "no", "nos", "pp", "ed", "eds",
            "al", "cf", "approx", "dept", "est", "inc", "ltd", "co", "corp", "gen", "col", "sgt", "capt", "lt", "rev", "hon", "jan", "feb", "mar", "apr",
            "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "e.g", "i.e", "a.m", "p.m", "u.s", "u.k", "ph.d", "incl", "max", "min", "ref", "tab",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The last border of a kind at or before an index; 0 if there is none behind the beginning.</summary>
    public static int Last(ReadOnlySpan<char> text, int index, TextBorderKind kind)
    {
        for (var i = Math.Min(index, text.Length - 1); i > 0; i--)
        {
            var isBorder = kind switch
            {
                TextBorderKind.Sentence => IsSentence(text, i),
                TextBorderKind.Clause => IsClause(text, i),
                _ => IsWord(text, i),
            };
            if (isBorder)
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>The first sentence's end, or the text's; looks no further than a length.</summary>
    public static int FirstSentence(ReadOnlySpan<char> text, int maxLength)
    {
        var end = Math.Min(maxLength, text.Length);
        for (var i = 1; i < end; i++)
        {
            if (IsSentence(text, i))
            {
                return i;
            }
        }

        return end;
    }

    /// <summary>An index no later than the given one that lies within no surrogate pair.</summary>
    public static int WholeCharacters(ReadOnlySpan<char> text, int index) =>
        index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]) ? index - 1 : index;

    private static bool IsSentence(ReadOnlySpan<char> text, int index)
    {
        var next = text[index];
        if (char.IsWhiteSpace(next) || IsEnd(next))
        {
            return false;
        }

        var floor = Math.Max(0, index - MaxBehindEnd);
        var at = index;
        while (at > floor && char.IsWhiteSpace(text[at - 1]))
        {
            at--;
        }

        var blanks = index - at;
        if (blanks == 0 && Closers.Contains(next))
        {
            return false;
        }

        // An opening quotation mark may look like a closing one ("), so blanks decide which sentence it belongs to.
        while (at > floor && Closers.Contains(text[at - 1]))
        {
            at--;
        }

        if (at == 0)
        {
            return false;
        }

        var end = text[at - 1];
        if (WideEnds.Contains(end))
        {
            return true;
        }

        if (!NarrowEnds.Contains(end) || blanks == 0)
        {
            return false;
        }

        // A sentence does not begin in lower case; where it seems to, the stop before was one within a sentence.
        return !char.IsLower(next) && (end != '.' || !IsAbbreviation(text[..(at - 1)]));
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> text)
    {
        var start = text.Length;
        while (start > 0 && text.Length - start <= MaxAbbreviation && (char.IsLetter(text[start - 1]) || text[start - 1] == '.'))
        {
            start--;
        }

        var word = text[start..];
        // Initials (J. Smith) and numbers of items (1. Open it) are no sentences.
        var isInitial = word.Length == 1 && char.IsUpper(word[0]);
        return isInitial || Abbreviations.Contains(word) || IsItemNumber(text);
    }

    private static bool IsItemNumber(ReadOnlySpan<char> text)
    {
        var digits = 0;
        while (digits < 3 && digits < text.Length && char.IsAsciiDigit(text[^(digits + 1)]))
        {
            digits++;
        }

        return digits is > 0 and < 3 && (digits == text.Length || text[^(digits + 1)] == '\n');
    }

    private static bool IsClause(ReadOnlySpan<char> text, int index)
    {
        var before = text[index - 1];
        if (before == '\n')
        {
            return true;
        }

        if (ClauseEnds.Contains(before) && before > '\x7F')
        {
            return IsWord(text, index) || !Closers.Contains(text[index]);
        }

        return char.IsWhiteSpace(before) && index > 1 && ClauseEnds.Contains(text[index - 2]) && !char.IsWhiteSpace(text[index]);
    }

    private static bool IsWord(ReadOnlySpan<char> text, int index)
    {
        var next = text[index];
        var before = text[index - 1];
        if (char.IsWhiteSpace(before))
        {
            return !char.IsWhiteSpace(next);
        }

        // Between ideographs every place will do, but no line begins with a closing mark or ends with an opening one.
        return (IsWide(before) || IsWide(next))
            && !char.IsLowSurrogate(next)
            && !(char.IsPunctuation(next) && !IsOpening(next))
            && !IsOpening(before);
    }

    private static bool IsWide(char character) => character is (>= '\u2E80' and <= '\uD7AF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFFEF');

    private static bool IsOpening(char character) => "“‘「『（《【〈〔［｛([{«‹".Contains(character);

    private static bool IsEnd(char character) => WideEnds.Contains(character) || NarrowEnds.Contains(character);
}
