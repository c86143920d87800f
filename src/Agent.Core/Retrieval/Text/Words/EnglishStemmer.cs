using System.Buffers;

namespace Agent.Core.Retrieval.Text.Words;

/// <summary>
/// The Porter2 ("Snowball English") stemming algorithm after its published description. Works in place; a stem is never longer than its word.
/// Thread-safe.
/// </summary>
internal static class EnglishStemmer
{
    // "y" where it stands for a consonant. Words are lower case, so the capital is free for it.
    private const char ConsonantY = 'Y';
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    /// <summary>Stems a word in place.</summary>
    /// <param name="word">Letters a to z and apostrophes only.</param>
    /// <returns>The length of the stem.</returns>
    public static int Stem(Span<char> word)
    {
        if (word.Length <= 2)
        {
            return word.Length;
        }

        if (EnglishStemExceptions.TryReplace(word, out var replaced))
        {
            return replaced;
        }

        var length = word.Length;
        if (word[0] == '\'')
        {
            word[1..].CopyTo(word);
            length--;
        }

        var marked = MarkConsonants(word[..length]);
        var (r1, r2) = Regions(word[..length]);
        length = Possessive(word, length);
        length = Plural(word, length);
        if (EnglishStemExceptions.EndsEarly(word[..length]))
        {
            return length;
        }

        length = PastAndProgressive(word, length, r1);
        FinalY(word[..length]);
        length = EnglishSuffixes.Derived(word, length, r1);
        length = EnglishSuffixes.DerivedAgain(word, length, r1, r2);
        length = EnglishSuffixes.Residual(word, length, r2);
        length = FinalLetter(word, length, r1, r2);
        if (marked)
        {
            word[..length].Replace(ConsonantY, 'y');
        }

        return length;
    }

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    private static bool MarkConsonants(Span<char> word)
    {
        var marked = false;
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] == 'y' && (i == 0 || IsVowel(word[i - 1])))
            {
                word[i] = ConsonantY;
                marked = true;
            }
        }

        return marked;
    }

    private static (int R1, int R2) Regions(ReadOnlySpan<char> word)
    {
        int r1;
        if (word.StartsWith("gener") || word.StartsWith("arsen"))
        {
            r1 = 5;
        }
        else if (word.StartsWith("commun"))
        {
            r1 = 6;
        }
        else
        {
            r1 = AfterVowelAndConsonant(word, 0);
        }

        return (r1, AfterVowelAndConsonant(word, r1));
    }

    private static int AfterVowelAndConsonant(ReadOnlySpan<char> word, int start)
    {
        for (var i = start + 1; i < word.Length; i++)
        {
            if (IsVowel(word[i - 1]) && !IsVowel(word[i]))
            {
                return i + 1;
            }
        }

        return word.Length;
    }

    private static int Possessive(ReadOnlySpan<char> word, int length)
    {
        var rest = word[..length];
        return rest.EndsWith("'s'") ? length - 3 : rest.EndsWith("'s") ? length - 2 : rest.EndsWith("'") ? length - 1 : length;
    }

    private static int Plural(Span<char> word, int length)
    {
        ReadOnlySpan<char> rest = word[..length];
        if (rest.EndsWith("sses"))
        {
            return length - 2;
        }

        if (rest.EndsWith("ied") || rest.EndsWith("ies"))
        {
            return length > 4 ? length - 2 : length - 1;
        }

        if (!rest.EndsWith("s") || rest.EndsWith("us") || rest.EndsWith("ss"))
        {
            return length;
        }

        // A vowel right before the "s" does not count: "gas" and "this" stay, "gaps" and "kiwis" do not.
        return length > 2 && HasVowel(rest[..^2]) ? length - 1 : length;
    }

    private static int PastAndProgressive(Span<char> word, int length, int r1)
    {
        ReadOnlySpan<char> rest = word[..length];
        var eed = rest.EndsWith("eedly") ? 5 : rest.EndsWith("eed") ? 3 : 0;
        if (eed > 0)
        {
            return length - eed >= r1 ? length - eed + 2 : length;
        }

        var cut = rest.EndsWith("ingly") ? 5 : rest.EndsWith("edly") ? 4 : rest.EndsWith("ing") ? 3 : rest.EndsWith("ed") ? 2 : 0;
        if (cut == 0 || !HasVowel(rest[..^cut]))
        {
            return length;
        }

        length -= cut;
        rest = word[..length];
        if (rest.EndsWith("at") || rest.EndsWith("bl") || rest.EndsWith("iz"))
        {
            word[length] = 'e';
            return length + 1;
        }

        if (length >= 2 && rest[^1] == rest[^2] && rest[^1] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't')
        {
            return length - 1;
        }

        if (r1 >= length && EndsWithShortSyllable(rest))
        {
            word[length] = 'e';
            return length + 1;
        }

        return length;
    }

    private static void FinalY(Span<char> word)
    {
        if (word.Length > 2 && word[^1] is 'y' or ConsonantY && !IsVowel(word[^2]))
        {
            word[^1] = 'i';
        }
    }

    private static int FinalLetter(ReadOnlySpan<char> word, int length, int r1, int r2)
    {
        if (length == 0)
        {
            return 0;
        }

        var rest = word[..length];
        return rest[^1] switch
        {
            'e' when length - 1 >= r2 || (length - 1 >= r1 && !EndsWithShortSyllable(rest[..^1])) => length - 1,
            'l' when length - 1 >= r2 && length > 1 && rest[^2] == 'l' => length - 1,
            _ => length,
        };
    }

    private static bool EndsWithShortSyllable(ReadOnlySpan<char> word) =>
        word.Length == 2
            ? IsVowel(word[0]) && !IsVowel(word[1])
            : word.Length > 2 && !IsVowel(word[^3]) && IsVowel(word[^2]) && !IsVowel(word[^1]) && word[^1] is not ('w' or 'x' or ConsonantY);

    private static bool HasVowel(ReadOnlySpan<char> word) => word.ContainsAny(Vowels);
}
