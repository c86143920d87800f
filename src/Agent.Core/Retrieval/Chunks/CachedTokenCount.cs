using Agent.Core.Inference;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>
/// Counts tokens of a vocabulary word by word. Byte-pair vocabularies merge within words only, so that the sum is that of the whole text but for
/// a few marks and blanks; and words come again and again, so that most counts are remembered. Thread-safe.
/// </summary>
/// <param name="tokenizer">The vocabulary.</param>
internal sealed class CachedTokenCount(ITokenizer tokenizer)
{
    // A power of two. What falls on one place takes turns there: no lock, no eviction to keep books on.
    private const int Places = 1 << 16;
    private const int LongestWord = 64;

    private readonly Word?[] _words = new Word?[Places];

    /// <summary>Counts a text.</summary>
    public int Count(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        List<int>? encoded = null;
        while (!text.IsEmpty)
        {
            var length = WordLength(text);
            tokens += CountWord(text[..length], ref encoded);
            text = text[length..];
        }

        return tokens;
    }

    // The cuts of the vocabularies of today: letters with the blank before them, a single digit, or anything else in a row.
    private static int WordLength(ReadOnlySpan<char> text)
    {
        if (char.IsDigit(text[0]))
        {
            return 1;
        }

        var start = text[0] == ' ' && text.Length > 1 && IsLetter(text[1]) ? 1 : 0;
        var letters = IsLetter(text[start]);
        var end = start + 1;
        while (end < text.Length && IsLetter(text[end]) == letters && (letters || !char.IsDigit(text[end])) && !(!letters && text[end] == ' ' && end + 1 < text.Length && IsLetter(text[end + 1])))
        {
            end++;
        }

        return end;
    }

    // Halves of a pair stay together with what surrounds them.
    private static bool IsLetter(char character) => char.IsLetter(character) || char.IsSurrogate(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.NonSpacingMark;

    private int CountWord(ReadOnlySpan<char> word, ref List<int>? encoded)
    {
        if (word.Length > LongestWord)
        {
            return Encode(word, ref encoded);
        }

        ref var place = ref _words[string.GetHashCode(word, StringComparison.Ordinal) & (Places - 1)];
        var known = Volatile.Read(ref place);
        if (known is null || !word.SequenceEqual(known.Text))
        {
            known = new Word(word.ToString(), Encode(word, ref encoded));
            Volatile.Write(ref place, known);
        }

        return known.Tokens;
    }

    private int Encode(ReadOnlySpan<char> text, ref List<int>? encoded)
    {
        encoded ??= [];
        encoded.Clear();
        tokenizer.Encode(text, encoded);
        return encoded.Count;
    }

    private sealed record Word(string Text, int Tokens);
}
